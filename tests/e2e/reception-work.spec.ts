// What people do at the desk, keyboard first, with the node alone and with two desks that disagree.
import { expect, type Page, test } from '@playwright/test';
import { adminEmail, adminPassword, Cluster, staffPassword } from './cluster';
import { api, inspect, looks, signIn, watchForFaults, wear } from './pages';

let cluster: Cluster;
let page: Page;
let faults: string[];

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  cluster = await Cluster.create();
  page = await (await browser.newContext()).newPage();
  faults = watchForFaults(page);
  await signIn(page, cluster.a.url, cluster.staff, staffPassword);
  await wear(page, looks[0]);
});

test.afterAll(async () => {
  await cluster?.destroy();
});

const pill = () => page.locator('header .pill');
const heading = () => page.getByRole('heading', { level: 1 });
const idOf = (url: string) => /patients\/(\w{26})/.exec(url)?.[1] ?? '';

async function register(name: string, birth: string, phone: string): Promise<string> {
  await page.keyboard.press('n');
  await expect(page.locator('#name')).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(birth);
  await page.locator('input[type=tel]').first().fill(phone);
  await page.keyboard.press('Control+Enter');
  await expect(heading()).toHaveText(name);
  await page.locator('h1').click();
  return idOf(page.url());
}

test('registers a patient by keyboard and finds them without accents', async () => {
  await register('Inês Conceição', '09031987', '(11) 98765-4321');
  await page.keyboard.press('/');
  await page.keyboard.type('conceicao ines');
  await expect(page.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(heading()).toHaveText('Inês Conceição');
  await expect(page.locator('.facts').first()).toContainText('09/03/1987');
});

test('warns of a possible duplicate before saving, and keeps what was typed', async () => {
  await page.locator('h1').first().click();
  await page.keyboard.press('n');
  await page.keyboard.type('Ines Conceicao');
  await page.keyboard.press('Tab');
  await page.keyboard.type('09/03/1987');
  await expect(page.locator('aside li').first()).toContainText('Inês Conceição');
  await page.reload();
  await expect(page.locator('#name')).toHaveValue('Ines Conceicao');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('button', { name: 'Cadastrar mesmo assim' })).toBeVisible();
  await page.getByRole('button', { name: 'Descartar' }).click();
  await expect(page.locator('#name')).toHaveValue('');
});

test('an edit is shown at once, can be undone, and stands in the history', async () => {
  const id = await register('Otávio Figueiredo', '01021970', '(11) 91234-5678');
  await page.keyboard.press('e');
  await page.locator('#occupation').fill('Pescador');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Pescador')).toBeVisible();
  await page.goto(`${cluster.a.url}/#/patients/${id}/history`);
  await expect(page.locator('ins', { hasText: 'Pescador' })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.locator('del', { hasText: 'Pescador' })).toBeVisible();
});

test('an unsaved edit survives a reload and is gone after signing out', async () => {
  const id = idOf(page.url());
  await page.goto(`${cluster.a.url}/#/patients/${id}/edit`);
  await page.locator('#social_name').fill('Tavinho');
  await page.reload();
  await expect(page.locator('#social_name')).toHaveValue('Tavinho');
  await page.locator('[popovertarget=user-menu]').click();
  await page.getByRole('button', { name: 'Sair' }).click();
  await signIn(page, cluster.a.url, cluster.staff, staffPassword);
  await page.goto(`${cluster.a.url}/#/patients/${id}/edit`);
  await expect(page.locator('#social_name')).toHaveValue('');
});

test('files: several at once, preview, delete with undo', async () => {
  const id = idOf(page.url());
  await page.goto(`${cluster.a.url}/#/patients/${id}/files`);
  await page.locator('input[type=file]').setInputFiles([
    { name: 'exame.txt', mimeType: 'text/plain', buffer: Buffer.from('Hemoglobina 13,9 g/dL') },
    { name: 'foto.png', mimeType: 'image/png', buffer: picture },
  ]);
  await expect(page.getByRole('button', { name: 'foto.png', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'exame.txt', exact: true }).click();
  await expect(page.locator('dialog')).toContainText('Hemoglobina 13,9 g/dL');
  await page.keyboard.press('Escape');
  await inspect(page, '14-files', looks[0]);
  const line = page.locator('li', { hasText: 'exame.txt' });
  await line.getByRole('button', { name: 'Excluir exame.txt' }).click();
  await expect(line).toHaveCount(0);
  await page.getByRole('button', { name: 'Desfazer' }).last().click();
  await expect(line).toHaveCount(1);
});

test('joins two records of one person, and separates them again', async () => {
  const keep = await register('Lúcia Araújo', '05051955', '(11) 97777-0001');
  await api(page, 'POST', '/api/patients', { record: { name: { text: 'Lucia Araujo' }, birth_date: '1955-05-05' }, confirm_new: true });
  await page.goto(`${cluster.a.url}/#/patients/${keep}/merge`);
  await page.locator('main li button', { hasText: 'Lucia Araujo' }).click();
  await page.getByRole('button', { name: 'Unir cadastros' }).click();
  await expect(page.getByText('Outro cadastro foi unido a este.')).toBeVisible();
  await page.getByRole('button', { name: 'Desfazer' }).click();
  await expect(page.getByText('Outro cadastro foi unido a este.')).toHaveCount(0);
});

test('the person at the desk changes by PIN; drafts stay with their person', async ({ browser }) => {
  const admin = await (await browser.newContext()).newPage();
  await signIn(admin, cluster.server.url, adminEmail, adminPassword);
  await api(admin, 'POST', '/api/users', { clinic_id: cluster.clinic, name: 'Rui Prado', role: 'NURSE', password: staffPassword });
  const users = (await (await admin.request.get(`${cluster.server.url}/api/users`)).json()) as { items: { name: string; login: string }[] };
  const login = users.items.find((user) => user.name === 'Rui Prado')!.login;

  const rui = await (await browser.newContext({ locale: 'pt-BR' })).newPage();
  // The new person reaches the desk with the next sync, which is under way.
  await expect(async () => {
    await signIn(rui, cluster.a.url, login, staffPassword);
  }).toPass();
  await rui.locator('[popovertarget=user-menu]').click();
  await rui.getByRole('button', { name: 'Definir um PIN' }).click();
  await rui.locator('#pin-password').fill(staffPassword);
  await rui.locator('#new-pin').fill('4711');
  await rui.keyboard.press('Enter');
  await expect(rui.getByText('PIN salvo')).toBeVisible();

  await page.keyboard.press('n');
  await page.locator('#name').fill('Rascunho da Ana');
  await page.locator('h1').click();
  await page.keyboard.press('u');
  await expect(page.locator('dialog input[type=password]')).toBeFocused();
  await inspect(page, '17-switch-people', looks[0]);
  await page.keyboard.type('4711');
  await page.keyboard.press('Enter');
  await expect(page.locator('[popovertarget=user-menu]')).toHaveAccessibleName(/Rui Prado/);
  await expect(page.locator('#name')).toHaveValue('');
  await page.locator('[popovertarget=user-menu]').click();
  await page.getByRole('button', { name: 'Sair' }).click();
  await signIn(page, cluster.a.url, cluster.staff, staffPassword);
  await page.goto(`${cluster.a.url}/#/patients/new`);
  await expect(page.locator('#name')).toHaveValue('Rascunho da Ana');
  await page.getByRole('button', { name: 'Descartar' }).click();
});

test('two desks disagree offline; both values are kept and one click decides', async ({ browser }) => {
  const id = await register('Davi Gonçalves', '01011990', '(11) 96666-0002');
  const other = await (await browser.newContext({ locale: 'pt-BR' })).newPage();
  await signIn(other, cluster.b.url, cluster.staff, staffPassword);
  await other.goto(`${cluster.b.url}/#/patients/${id}`);
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('Davi Gonçalves');

  await cluster.server.stop();
  await expect(pill()).toContainText('Sem conexão desde');
  const occupy = async (desk: Page, url: string, occupation: string) => {
    await desk.goto(`${url}/#/patients/${id}/edit`);
    await desk.locator('#occupation').fill(occupation);
    await desk.keyboard.press('Control+Enter');
    await expect(desk.getByText(occupation)).toBeVisible();
  };
  await occupy(page, cluster.a.url, 'Barqueiro');
  await occupy(other, cluster.b.url, 'Pescador');
  await expect(pill()).toContainText('esperando');
  await inspect(page, '15-offline', looks[0]);

  await cluster.server.start();
  await expect(pill()).toContainText('1 conflito para ver', { timeout: 45_000 });
  await page.goto(`${cluster.a.url}/#/conflicts`);
  await expect(page.locator('article section')).toHaveCount(2);
  await inspect(page, '16-conflict', looks[0]);
  await page.locator('article section', { hasText: 'Pescador' }).getByRole('button').click();
  await expect(page.getByText('Nada para decidir')).toBeVisible();
  await page.goto(`${cluster.a.url}/#/patients/${id}`);
  await expect(page.getByText('Pescador')).toBeVisible();
  await expect(other.getByText('Pescador')).toBeVisible();
});

test('a decision is taken back, at once or from the list of those decided', async () => {
  await page.goto(`${cluster.a.url}/#/conflicts/decided`);
  const chosen = page.locator('article section', { hasText: 'escolhido' });
  await expect(chosen).toContainText('Pescador');
  await page.getByRole('button', { name: 'Restaurar este' }).click();
  await expect(chosen).toContainText('Barqueiro');
  await expect(page.getByText('decisão desfeita')).toBeVisible();
  for (const look of looks) {
    await wear(page, look);
    await expect(page.locator('article section')).toHaveCount(2);
    await inspect(page, '24-decided', look);
  }
  await wear(page, looks[0]);
  await page.locator('article header a').click();
  await expect(page.getByText('Barqueiro')).toBeVisible();
  const id = idOf(page.url());
  await page.goto(`${cluster.a.url}/#/patients/${id}/history`);
  const edits = page.locator('ol > li', { hasText: 'Profissão' });
  await expect(edits.first().locator('del')).toHaveText('Pescador');
  await expect(edits.first().locator('ins')).toHaveText('Barqueiro');
});

test('nothing threw, broke its policy or asked another host', () => {
  expect(faults).toEqual([]);
});

const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGNgYPiPB41KY0cACWUAG5y6ruwAAAAASUVORK5CYII=', 'base64');
