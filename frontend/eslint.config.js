import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["components/dist/", "static/"] },
  js.configs.recommended,
  {
    files: ["components/src/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-shadow": "error",
      "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  { files: ["*.js"], languageOptions: { globals: globals.node } },
];
