import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const areas = ['patients', 'sync', 'conflicts', 'session', 'attachments', 'palette', 'audit', 'admin'];

/** Forbids imports by path, with the reason shown to whoever tries. */
const forbid = (...rules) => ({
  'no-restricted-imports': ['error', { patterns: rules.map(([group, message]) => ({ group, message })) }],
});

const noParents = [['../*', '!../*.css'], 'Name the layer: import from $lib/….'];
const noRoutes = [['**/routes/**'], 'Layers: nothing in lib knows a route.'];
const noHost = [['@tauri-apps/*'], 'Only the host module talks to the desktop shell.'];

// A style attribute in markup is refused by the content security policy; `style:x` goes through the CSSOM.
const noStyleAttribute = { selector: 'SvelteAttribute[key.name="style"]', message: 'The content security policy refuses style attributes: use a class or style:x.' };

export default ts.config(
  { ignores: ['dist/', 'node_modules/', '**/*.generated.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  {
    rules: {
      'no-undef': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300 }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Hash links need no base path, and the screens are not a SvelteKit site.
      'svelte/no-navigation-without-resolve': 'off',
      'svelte/no-at-html-tags': 'error',
      // A blank at the edge of an element survives only inside of a mustache.
      'svelte/no-useless-mustaches': 'off',
      'no-restricted-syntax': ['error', noStyleAttribute],
    },
  },
  { files: ['**/*.svelte'], rules: { 'max-lines': ['error', { max: 250 }] } },
  { files: ['src/**'], rules: forbid(noHost) },

  // components: what any application could use. They know neither areas nor the clinic.
  {
    files: ['src/lib/components/**'],
    rules: {
      ...forbid([['$lib/*', '!$lib/components', '!$lib/components/**'], 'Layers: components import only components.'], noRoutes, noHost),
      'no-restricted-syntax': [
        'error',
        noStyleAttribute,
        {
          selector: ':matches(Identifier[name=/patient|clinic|allerg|doctor|nurse|conflict/i], Literal[value=/patient|clinic|allerg|doctor|nurse/i])',
          message: 'No clinic words in components: pass it in.',
        },
      ],
    },
  },
  // app and api: the floor the areas stand on.
  {
    files: ['src/lib/app/**', 'src/lib/api/**'],
    rules: forbid([['$lib/*/**', '!$lib/app/**', '!$lib/api/**', '!$lib/components/**'], 'Layers: app and api know no area.'], noRoutes, noHost),
  },
  // Areas meet in routes, never each other.
  ...areas.map((area) => ({
    files: [`src/lib/${area}/**`],
    rules: forbid([areas.filter((other) => other !== area).map((other) => `$lib/${other}/**`), 'Layers: areas meet in routes.'], noParents, noRoutes, noHost),
  })),
);
