// What `make check` asks of templates/*.css: what the oldest browsers that we serve would not understand, what no browser
// would, and what is there twice. What an old browser drops without harm is allowed here by name.

export default {
  extends: "stylelint-config-recommended",
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: {
    "no-descending-specificity": null,  // the file follows the pages, from top to foot
    "property-no-deprecated": [true, { ignoreProperties: [/^page-break-/] }],  // break-before and its like came to Firefox in 2019
    "plugin/no-unsupported-browser-features": [true, {
      browsers: ["chrome 64", "firefox 60", "safari 12"],
      ignorePartialSupport: true,
      ignore: [
        "css-content-visibility",  // unfolds what is folded on paper, in browsers that need it
        "css-focus-visible",  // see the rule below
        "css-media-interaction",  // hides from a phone what is said of keys
        "css-overflow-anchor",  // only Chromium writes down the part in view
        "css-overscroll-behavior",  // no reload by pulling
        "css-paged-media",  // margins of paper
        "css-snappoints",  // scroll-padding: room for the bar
        "prefers-color-scheme",  // browsers without it get the light colors
        "text-size-adjust",  // phones that enlarge letters by themselves
      ],
    }],
    // A browser that does not know one selector drops the whole rule. So this one may only take a ring away.
    "selector-disallowed-list": ["/^(?!.*:focus:not\\(:focus-visible\\)).*:focus-visible/"],
    // The data above miss these.
    "selector-pseudo-class-disallowed-list": ["is", "where", "has", "focus-within"],
    "property-disallowed-list": ["/(^|-)(inline|block)(-|$)/", "/^inset/", "/-(start|end)-(start|end)-/", "gap", "row-gap"],
    "function-disallowed-list": ["min", "max", "clamp"],
  },
};
