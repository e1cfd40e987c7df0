import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Each screen set is its own site: `--mode reception` is embedded by the node, `--mode admin` by the
// sync server. The base is relative and routes live behind `#`, so a site works under any path.
export default defineConfig(({ mode }) => {
  const entry = mode === 'admin' ? 'admin' : 'reception';
  const target = process.env['POSTO_URL'] ?? (entry === 'admin' ? 'http://127.0.0.1:7080' : 'http://127.0.0.1:7070');
  return {
    root: here(`./entries/${entry}`),
    base: './',
    plugins: [svelte({ configFile: here('./svelte.config.js') })],
    resolve: { alias: { $lib: here('./src/lib'), $locales: here('./src/locales') } },
    build: {
      outDir: here(`./dist/${entry}`),
      emptyOutDir: true,
      target: 'es2022',
      // Inlined images would need `data:` in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    server: { proxy: { '/api': target }, fs: { allow: [here('.')] } },
    test: { root: here('.'), include: ['src/**/*.test.ts'] },
  };
});
