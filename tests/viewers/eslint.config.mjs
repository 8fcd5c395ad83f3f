// SPDX-License-Identifier: MIT
// What eslint looks for in the scripts of HTML reports, which are one text by the time a browser sees them.
const browser = ['addEventListener', 'atob', 'Blob', 'clearTimeout', 'DecompressionStream', 'devicePixelRatio', 'document', 'getComputedStyle', 'history', 'ImageData',
  'innerHeight', 'innerWidth', 'location', 'matchMedia', 'MutationObserver', 'performance', 'requestAnimationFrame', 'ResizeObserver', 'Response', 'setTimeout',
  'TextDecoder', 'URL', 'URLSearchParams'];

export default [{
  languageOptions: { sourceType: 'script', ecmaVersion: 2023, globals: Object.fromEntries(browser.map((name) => [name, 'readonly'])) },
  rules: {
    'no-undef': 'error', 'no-unused-vars': ['error', { args: 'all', argsIgnorePattern: '^_' }], 'no-redeclare': 'error',
    'no-dupe-keys': 'error', 'no-unreachable': 'error', 'no-fallthrough': 'error', 'no-implicit-globals': 'off', 'prefer-const': 'error',
    'no-var': 'error', eqeqeq: 'error', curly: 'error', 'no-shadow': 'error', 'no-eval': 'error', 'no-implied-eval': 'error',
    'no-new-func': 'error', 'no-use-before-define': ['error', { functions: false, classes: false, variables: false }],
    'no-constant-condition': 'off', 'no-self-compare': 'error', 'consistent-return': 'error', 'default-case-last': 'error',
  },
}];
