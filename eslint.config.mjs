// The pages' scripts run as they are in the oldest browser that we promise: ES2019, no build step.
import globals from "globals";

export default [
  // Not ours, and as it was published.
  { ignores: ["static/pannellum.js"] },
  {
    files: ["static/**/*.js"],
    languageOptions: { ecmaVersion: 2019, sourceType: "script", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-const-assign": "error",
      "no-dupe-keys": "error",
      "no-redeclare": "error",
      "no-undef": "error",
      "no-unreachable": "error",
      "no-unused-vars": ["error", { caughtErrors: "none" }],
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Texts go in as texts." },
        { property: "replaceAll", message: "Not in ES2019." },
      ],
      "no-restricted-globals": ["error", "structuredClone"],
      "prefer-const": "error",
      strict: ["error", "function"],
    },
  },
  { files: ["static/sw.js"], languageOptions: { globals: globals.serviceworker } },
];
