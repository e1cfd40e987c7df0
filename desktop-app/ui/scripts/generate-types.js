// Writes the typed clients from the OpenAPI snapshots; with --check it only compares, and fails on drift.
import openapiTS, { astToString } from 'openapi-typescript';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const check = process.argv.includes('--check');
let drift = false;
for (const name of ['node', 'server']) {
  const snapshot = new URL(`../openapi/${name}.json`, import.meta.url);
  const target = new URL(`../src/lib/api/${name}.generated.ts`, import.meta.url);
  if (!existsSync(snapshot)) continue;
  const text = `// Made from openapi/${name}.json by \`npm run types\`; do not edit.\n${astToString(await openapiTS(JSON.parse(readFileSync(snapshot, 'utf8'))))}`;
  if (!check) writeFileSync(target, text);
  else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`${name}.generated.ts is not what openapi/${name}.json says: run npm run types\n`);
    drift = true;
  }
}
process.exit(drift ? 1 : 0);
