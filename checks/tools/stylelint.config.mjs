// What `make check` asks of templates/style.css: what a browser would not understand, and what is there twice.

export default {
  extends: "stylelint-config-recommended",
  rules: {
    "no-descending-specificity": null,  // the file follows the pages, from top to foot
    "property-no-deprecated": [true, { ignoreProperties: ["/^page-break-/"] }],  // Firefox 60 knows no other name
  },
};
