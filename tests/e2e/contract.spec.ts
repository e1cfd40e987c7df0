// The screens' typed clients are made from snapshots of the two OpenAPI documents: they must be what the programs say.
import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Cluster } from './cluster';

/** A document without its prose, which may get better without the client getting worse. */
const shapes = (text: string): unknown =>
  JSON.parse(text, function (this: object, key: string, value: unknown) {
    return (key === 'description' || key === 'summary') && typeof value === 'string' ? undefined : value;
  });
const snapshot = (name: string) => shapes(readFileSync(resolve(import.meta.dirname, `../../desktop-app/ui/openapi/${name}.json`), 'utf8'));

test('the snapshots of the APIs are up to date', async ({ request }) => {
  const cluster = await Cluster.create();
  try {
    for (const [name, url] of [['node', cluster.a.url], ['server', cluster.server.url]] as const) {
      const document = shapes(await (await request.get(`${url}/openapi.json`)).text());
      expect(document, `refresh with: npm run openapi -- ${name} URL`).toEqual(snapshot(name));
    }
  } finally {
    await cluster.destroy();
  }
});
