// The server's console: every page in each look, and a clinic set up by hand, from nothing to a computer that joined.
import { expect, type Page, test } from '@playwright/test';
import { adminEmail, adminPassword, Cluster } from './cluster';
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

for (const look of looks) {
  test(`nodes, clinics, people, code: ${look.theme}, ${look.locale}`, async () => {
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
