// Takes a fresh snapshot of a running program's OpenAPI document and makes the typed client anew:
// npm run openapi -- node http://127.0.0.1:7070
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const [name, url] = process.argv.slice(2);
if (!['node', 'server'].includes(name) || !url) {
  process.stderr.write('usage: npm run openapi -- node|server URL\n');
  process.exit(2);
}
const document = await (await fetch(`${url}/openapi.json`)).json();
writeFileSync(new URL(`../openapi/${name}.json`, import.meta.url), `${JSON.stringify(document, null, 2)}\n`);
process.exit(spawnSync(process.execPath, [new URL('./generate-types.js', import.meta.url).pathname], { stdio: 'inherit' }).status ?? 1);
