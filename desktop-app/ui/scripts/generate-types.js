// Writes the typed clients from the OpenAPI snapshots; with --check it only compares, and fails on drift.
import openapiTS, { astToString } from 'openapi-typescript';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Takes `null` out of every schema that offers it beside something else. */
function withoutNull(node) {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node.type)) node.type = node.type.filter((type) => type !== 'null');
  if (Array.isArray(node.type) && node.type.length === 1) node.type = node.type[0];
  if (Array.isArray(node.oneOf)) node.oneOf = node.oneOf.filter((one) => one.type !== 'null');
  for (const value of Object.values(node)) withoutNull(value);
}

const check = process.argv.includes('--check');
let drift = false;
for (const name of ['node', 'server']) {
  const snapshot = new URL(`../openapi/${name}.json`, import.meta.url);
  const target = new URL(`../src/lib/api/${name}.generated.ts`, import.meta.url);
  if (!existsSync(snapshot)) continue;
  const document = JSON.parse(readFileSync(snapshot, 'utf8'));
  // An absent value is an absent key, never null (docs/API.md): optional says it all.
  withoutNull(document);
  // The screens call by path; handlers of different areas may have the same name.
  for (const path of Object.values(document.paths)) for (const operation of Object.values(path)) delete operation.operationId;
  const text = `// Made from openapi/${name}.json by \`npm run types\`; do not edit.\n${astToString(await openapiTS(document))}`;
  if (!check) writeFileSync(target, text);
  else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`${name}.generated.ts is not what openapi/${name}.json says: run npm run types\n`);
    drift = true;
  }
}
process.exit(drift ? 1 : 0);
