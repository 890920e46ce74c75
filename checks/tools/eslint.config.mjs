// What `make check` asks of templates/script.js: likely faults, and no syntax younger than the oldest browsers we serve.

import js from "@eslint/js";

const names = [
  "document", "window", "location", "history", "performance", "innerHeight", "innerWidth", "scrollY", "MutationObserver",
];
const calls = [
  "addEventListener", "setTimeout", "scrollTo", "scrollBy", "clearTimeout", "getComputedStyle", "getSelection", "print",
  "requestAnimationFrame",
];

export default [
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2018,
      sourceType: "script",
      // All that the script uses of a browser. What could send or keep something is not here, so it would be a fault.
      globals: Object.fromEntries([...names, ...calls].map((name) => [name, "readonly"])),
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-unused-vars": ["error", { caughtErrors: "none" }],  // a catch without a name is younger than 2018
      "eqeqeq": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
];
