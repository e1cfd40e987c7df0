// Fails when what a browser has to load for one entry is over 300 kB gzip.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const limitBytes = 300_000;
const root = new URL('../dist', import.meta.url).pathname;

function filesOf(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}

let failed = false;
for (const entry of ['reception', 'admin']) {
  const bytes = filesOf(join(root, entry)).reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
  process.stdout.write(`${entry}: ${(bytes / 1000).toFixed(1)} kB gzip of ${limitBytes / 1000}\n`);
  failed ||= bytes > limitBytes;
}
process.exit(failed ? 1 : 0);
