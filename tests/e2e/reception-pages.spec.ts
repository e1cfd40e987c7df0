// How every page of the reception looks: both themes, both languages, axe, nothing untranslated, pictures.
import { expect, type Page, test } from '@playwright/test';
import { Cluster, doctorLogin, staffPassword } from './cluster';
import { api, inspect, looks, populate, signIn, watchForFaults, wear } from './pages';

let cluster: Cluster;
let page: Page;
let patients: string[];
let faults: string[];

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  cluster = await Cluster.create();
  page = await (await browser.newContext()).newPage();
  faults = watchForFaults(page);
  await signIn(page, cluster.a.url, cluster.staff, staffPassword);
  patients = await populate(page);
});

test.afterAll(async () => {
  await cluster?.destroy();
});

const to = async (path: string) => {
  await page.goto(`${cluster.a.url}/#${path}`);
  await expect(page.locator('main')).toBeVisible();
};

for (const look of looks) {
  const rich = () => patients.at(-1)!;
  test.describe(`${look.theme}, ${look.locale}`, () => {
    test('desk with the people changed last', async () => {
      await to('/patients');
      await wear(page, look);
      await expect(page.getByRole('option')).toHaveCount(patients.length);
      await inspect(page, '01-desk', look);
    });

    test('search marks why somebody was found', async () => {
      await to('/patients');
      await page.keyboard.press('/');
      await page.keyboard.type('seb');
      await expect(page.getByRole('option').first().locator('mark')).toHaveText(/^Seb/);
      await inspect(page, '02-search', look);
      await page.keyboard.press('Escape');
      await page.keyboard.type('xyzxyz');
      await expect(page.getByRole('option')).toHaveCount(0);
      await inspect(page, '03-nobody-found', look);
      await page.keyboard.press('Escape');
    });

    for (const tab of ['summary', 'timeline', 'history', 'files']) {
      test(`record: ${tab}`, async () => {
        await to(`/patients/${rich()}/${tab}`);
        await expect(page.getByRole('heading', { level: 1 })).toContainText('Sebastião');
        await inspect(page, `04-record-${tab}`, look);
      });
    }

    test('editing and joining', async () => {
      await to(`/patients/${rich()}/edit`);
      await expect(page.locator('#name')).toBeFocused();
      await inspect(page, '05-edit', look);
      await to(`/patients/${rich()}/merge`);
      await expect(page.locator('#merge-search')).toBeVisible();
      await page.locator('#merge-search').fill('gabriel');
      await page.locator('main li button').first().click();
      await expect(page.locator('main table')).toBeVisible();
      await inspect(page, '06-join', look);
    });

    test('registering, with somebody alike', async () => {
      await to('/patients/new');
      await page.locator('#name').fill('Sebastião Nascimento');
      await page.locator('#birth_date').fill('1999-02-10');
      await expect(page.locator('aside li').first()).toContainText('Sebastião');
      await page.getByRole('button', { name: look.locale === 'pt-BR' ? 'Adicionar e-mail' : 'Add e-mail' }).click();
      await page.locator('input[type=email]').fill('nobody');
      await page.keyboard.press('Control+Enter');
      await expect(page.locator('[aria-invalid]')).toBeFocused();
      await inspect(page, '07-register', look);
      await page.locator('main header button').first().click();
    });

    test('layers: sync, palette, keys, people, menu', async () => {
      await to('/patients');
      await page.keyboard.press('s');
      await expect(page.locator('dialog')).toBeVisible();
      await inspect(page, '08-sync', look);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.keyboard.type('ma');
      await expect(page.locator('#palette-lines [role=option]').first()).toBeVisible();
      await inspect(page, '09-palette', look);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await expect(page.locator('dialog dl')).toBeVisible();
      await inspect(page, '10-keys', look);
      await page.keyboard.press('Escape');
      await page.keyboard.press('u');
      await expect(page.locator('dialog h2, dialog form')).toBeVisible();
      await inspect(page, '11-switch', look);
      await page.keyboard.press('Escape');
      await page.locator('[popovertarget=user-menu]').click();
      await expect(page.locator('#user-menu')).toBeVisible();
      await inspect(page, '12-menu', look);
      await page.keyboard.press('Escape');
    });

    test('no conflicts', async () => {
      await to('/conflicts');
      await expect(page.getByRole('heading', { level: 2 })).toBeVisible();
      await inspect(page, '13-no-conflicts', look);
    });
  });
}

test('a doctor opens the record of another place in an emergency, and only then', async ({ browser }) => {
  const record = { name: { text: 'Rosa Distante' }, birth_date: '1961-07-30', care_location: cluster.places[1] };
  const { id } = (await (await api(page, 'POST', '/api/patients', { record, confirm_new: true })).json()) as { id: string };
  for (const look of looks) {
    const doctor = await (await browser.newContext()).newPage();
    const own = watchForFaults(doctor);
    await signIn(doctor, cluster.a.url, doctorLogin, staffPassword);
    await doctor.goto(`${cluster.a.url}/#/patients/${id}`);
    await wear(doctor, look);
    await expect(doctor.locator('#emergency-reason')).toBeVisible();
    const open = doctor.locator('form button[type=submit]');
    await expect(open).toBeDisabled();
    await doctor.locator('#emergency-reason').fill('Chegou inconsciente, alergias desconhecidas');
    await inspect(doctor, '18-emergency', look);
    await open.click();
    await expect(doctor.getByRole('heading', { level: 1 })).toContainText('Rosa Distante');
    await expect(doctor.locator('.banner.danger')).toContainText(/\d:\d\d/);
    await inspect(doctor, '19-emergency-open', look);
    expect(own).toEqual([]);
    await doctor.context().close();
  }
});

test('the sign-in page, in every look', async () => {
  await page.context().clearCookies();
  for (const look of looks) {
    await page.goto(cluster.a.url);
    await wear(page, look);
    await expect(page.locator('#login')).toBeVisible();
    await inspect(page, '00-sign-in', look);
  }
});

test('no page threw, broke its policy or asked another host', () => {
  expect(faults).toEqual([]);
});
