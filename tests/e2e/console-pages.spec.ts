// The server's console: every page in each look, and a clinic set up by hand, from nothing to a computer that joined.
import { expect, type Page, test } from '@playwright/test';
import { adminEmail, adminPassword, auditorEmail, Cluster, staffPassword } from './cluster';
import { inspect, looks, signIn, watchForFaults, wear } from './pages';

let cluster: Cluster;
let page: Page;
let faults: string[];

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  cluster = await Cluster.create();
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  faults = watchForFaults(page);
  await signIn(page, cluster.server.url, adminEmail, adminPassword);
});

test.afterAll(async () => {
  await cluster?.destroy();
});

/** A server refuses changes of broken and hostile nodes only (tests/edge/hostile.rs): here, how a refusal looks. */
async function showRefusals(page: Page): Promise<void> {
  const nodes = (await (await page.request.get(`${cluster.server.url}/api/nodes`)).json()) as { items: { id: string }[] };
  const [one, two] = nodes.items.map((node) => node.id) as [string, string];
  const refusal = (node_id: string, reason: string, kind: string, size: number) =>
    ({ node_id, reason, kind, size, document_id: '01JG7Z8K4N3V5T2Q9W6XBCDFGH', refused_at: '2026-03-02T12:00:00Z' });
  const items = [refusal(one, 'duplicate_sequence', 'patient', 812), refusal(one, 'missing_dependency', 'chart', 20_412), refusal(two, 'a_newer_reason', 'consent', 95)];
  await page.route('**/api/refusals', (route) => route.fulfill({ json: { items } }));
}

for (const look of looks) {
  test(`nodes, clinics, people, code, refusals, audit: ${look.theme}, ${look.locale}`, async () => {
    await page.goto(`${cluster.server.url}/#/nodes`);
    await wear(page, look);
    await expect(page.locator('tbody tr')).toHaveCount(2);
    await inspect(page, 'console-1-nodes', look);
    await page.keyboard.press('2');
    await expect(page.locator('article')).toHaveCount(1);
    await inspect(page, 'console-2-clinics', look);
    await page.locator('article li button').first().click();
    await expect(page.locator('dialog code').first()).toHaveText(/^[0-9A-Z-]{10,}$/);
    await inspect(page, 'console-3-code', look);
    await page.keyboard.press('Escape');
    await page.keyboard.press('3');
    await expect(page.locator('tbody tr').first()).toBeVisible();
    await inspect(page, 'console-4-people', look);
    await page.keyboard.press('4');
    await expect(page.locator('.empty')).toBeVisible();
    await showRefusals(page);
    await page.reload();
    await expect(page.locator('tbody tr')).toHaveCount(3);
    await expect(page.locator('tbody tr').nth(2)).toContainText('a_newer_reason');
    await inspect(page, 'console-6-refusals', look);
    await page.locator('#refusals-node').selectOption({ index: 2 });
    await expect(page.locator('tbody tr')).toHaveCount(1);
    await page.unroute('**/api/refusals');
    await page.keyboard.press('Escape');
    // Who acts is not who watches.
    await page.locator('nav a[href="#/audit"]').click();
    await expect(page.locator('.empty')).toContainText('AUDITOR');
    await inspect(page, 'console-7-audit-not-yours', look);
  });
}

test('a clinic with a location and a person is set up', async () => {
  await page.goto(`${cluster.server.url}/#/clinics`);
  await wear(page, looks[0]);
  await page.getByRole('button', { name: 'Nova clínica' }).click();
  await page.keyboard.type('Clínica do Lago');
  await page.keyboard.press('Enter');
  const card = page.locator('article', { hasText: 'Clínica do Lago' });
  await card.getByRole('button', { name: 'Adicionar unidade' }).click();
  await page.keyboard.type('Margem');
  await page.keyboard.press('Enter');
  await expect(card.getByText('Margem')).toBeVisible();
  await page.keyboard.press('3');
  await page.getByRole('button', { name: 'Nova pessoa' }).click();
  await page.locator('#user-name').fill('Bia Ramos');
  await page.locator('#user-clinic').selectOption({ label: 'Clínica do Lago' });
  await page.locator('#user-password').fill('uma-frase-bem-comprida');
  await page.keyboard.press('Enter');
  await expect(page.locator('tbody tr', { hasText: 'Bia Ramos' })).toBeVisible();
});

test('a node that stopped is shown offline, and a blocked one is told apart', async () => {
  await page.goto(`${cluster.server.url}/#/nodes`);
  await cluster.b.stop();
  // At once when it says goodbye; after the connection's idle timeout when it cannot.
  await expect(page.locator('tbody tr', { hasText: 'Sem conexão' })).toHaveCount(1, { timeout: 45_000 });
  await page.locator('tbody tr', { hasText: 'Sem conexão' }).getByRole('button').click();
  await expect(page.locator('dialog')).toBeVisible();
  await inspect(page, 'console-5-block', looks[0]);
  await page.getByRole('button', { name: 'Bloquear computador' }).click();
  await expect(page.locator('tbody tr', { hasText: 'Bloqueado' })).toHaveCount(1);
});

test('the auditor reads what was done, by name and newest first', async ({ browser }) => {
  const auditor = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await signIn(auditor, cluster.server.url, auditorEmail, staffPassword);
  for (const look of looks) {
    await auditor.goto(`${cluster.server.url}/#/audit`);
    await wear(auditor, look);
    await expect(auditor.locator('tbody tr').first()).toBeVisible();
    await inspect(auditor, 'console-8-audit', look);
  }
  await wear(auditor, looks[0]);
  const row = (what: string) => auditor.locator('tbody tr', { hasText: what });
  await expect(row('Adicionou uma pessoa').filter({ hasText: 'Bia Ramos' })).toHaveCount(1);
  await expect(row('Bloqueou um computador')).toHaveCount(1);
  // The administrator looked for the trail and was refused, which stands in it.
  await expect(row('Recusado').first()).toBeVisible();
  await auditor.context().close();
});

test('the sign-in page, in every look', async () => {
  await page.context().clearCookies();
  for (const look of looks) {
    await page.goto(cluster.server.url);
    await wear(page, look);
    await expect(page.locator('#login')).toBeVisible();
    await inspect(page, 'console-0-sign-in', look);
  }
});

test('no page threw, broke its policy or asked another host', () => {
  expect(faults).toEqual([]);
});
