// Fails when a screen uses a text that is missing in a language, when a text is used nowhere, or when the
// languages differ in keys or variables. `t('key')` counts as use; so does any quoted key; t(`prefix-${x}`)
// and word('prefix', x) use all texts of the prefix.
import { parse } from '@fluent/syntax';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const locales = ['pt-BR', 'en-US'];
const problems = [];

/** Key to the sorted names of the variables in it. */
function messagesOf(locale) {
  const found = new Map();
  for (const file of readdirSync(join(root, 'src/locales', locale)).filter((name) => name.endsWith('.ftl'))) {
    for (const entry of parse(readFileSync(join(root, 'src/locales', locale, file), 'utf8'), {}).body) {
      if (entry.type === 'Junk') problems.push(`${locale}/${file}: not Fluent: ${entry.content.trim().slice(0, 60)}`);
      if (entry.type !== 'Message') continue;
      const variables = [...new Set([...JSON.stringify(entry).matchAll(/"VariableReference","id":\{"type":"Identifier","name":"([^"]+)"/g)].map((match) => match[1]))];
      const key = entry.id.name;
      if (found.has(key)) problems.push(`${locale}/${file}: ${key} is there twice`);
      found.set(key, { file, variables: variables.sort().join(' ') });
    }
  }
  return found;
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(ts|svelte)$/.test(entry.name) && !/\.(test|generated)\.ts$/.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}

const texts = Object.fromEntries(locales.map((locale) => [locale, messagesOf(locale)]));
const [first, second] = locales.map((locale) => texts[locale]);
for (const [key, message] of first) {
  const other = second.get(key);
  if (!other) problems.push(`${locales[1]}: ${key} is missing`);
  else if (other.variables !== message.variables) problems.push(`${key}: variables differ (${message.variables} / ${other.variables})`);
  else if (other.file !== message.file) problems.push(`${key}: in ${message.file} and ${other.file}`);
}
for (const key of second.keys()) if (!first.has(key)) problems.push(`${locales[0]}: ${key} is missing`);

const code = sources(join(root, 'src')).join('\n');
const quoted = new Set([...code.matchAll(/['"]([a-z][a-z0-9]*(?:-[a-z0-9]+)*)['"]/g)].map((match) => match[1]));
const prefixes = new Set([
  ...[...code.matchAll(/`([a-z][a-z0-9-]*-)\$\{/g)].map((match) => match[1]),
  ...[...code.matchAll(/(?:word|key)\('([a-z][a-z0-9-]*)',/g)].map((match) => `${match[1]}-`),
]);
const used = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1]);
for (const key of new Set(used)) if (!first.has(key)) problems.push(`${key} is used and has no text`);
for (const key of first.keys()) if (!quoted.has(key) && ![...prefixes].some((prefix) => key.startsWith(prefix))) problems.push(`${key} is used nowhere`);
for (const prefix of prefixes) if (![...first.keys()].some((key) => key.startsWith(prefix)) && prefix.length > 4) problems.push(`no text starts with ${prefix}`);

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
process.stdout.write(`texts: ${first.size} keys, complete in ${locales.join(' and ')}\n`);
