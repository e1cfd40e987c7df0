// Faces in the list, and a record that only the patient's own team opens.
import { type Browser, expect, type Page, test } from '@playwright/test';
import { adminEmail, adminPassword, Cluster, doctorLogin, staffPassword } from './cluster';
import { api, inspect, looks, populate, signIn, watchForFaults, wear } from './pages';

let cluster: Cluster;
let ana: Page;
let doctor: Page;
let patient: string;
const faults: string[][] = [];

test.describe.configure({ mode: 'serial' });

const desk = async (browser: Browser, login: string) => {
  const page = await (await browser.newContext({ locale: 'pt-BR' })).newPage();
  faults.push(watchForFaults(page));
  await expect(async () => signIn(page, cluster.a.url, login, staffPassword)).toPass();
  await wear(page, looks[0]);
  return page;
};
const to = async (page: Page, path: string) => {
  await page.goto(`${cluster.a.url}/#${path}`);
  await expect(page.locator('main')).toBeVisible();
};
const line = (page: Page) => page.locator('#results [role=option]').filter({ hasText: 'Sebastião' });

test.beforeAll(async ({ browser }) => {
  cluster = await Cluster.create();
  const admin = await (await browser.newContext()).newPage();
  await signIn(admin, cluster.server.url, adminEmail, adminPassword);
  for (const [name, role] of [['Clara Dias', 'COMPLIANCE_OFFICER'], ['Nina Prado', 'NURSE']])
    await api(admin, 'POST', '/api/users', { clinic_id: cluster.clinic, name, role, password: staffPassword });
  await admin.context().close();
  ana = await desk(browser, cluster.staff);
  patient = (await populate(ana)).at(-1)!;
  doctor = await desk(browser, doctorLogin);
});

test.afterAll(async () => {
  await cluster?.destroy();
});

/** A portrait, drawn by the browser. */
const portrait = async () =>
  Buffer.from(
    await ana.evaluate(() => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [900, 1200];
      const pen = canvas.getContext('2d')!;
      const disc = (fill: string, y: number, w: number, h: number) => {
        pen.fillStyle = fill;
        pen.beginPath();
        pen.ellipse(450, y, w, h, 0, 0, 7);
        pen.fill();
      };
      pen.fillStyle = '#8fb7c4';
      pen.fillRect(0, 0, 900, 1200);
      disc('#2c5364', 1150, 420, 340);
      disc('#3b2a20', 520, 240, 270);
      disc('#d9a87c', 560, 200, 240);
      return canvas.toDataURL('image/png').split(',')[1]!;
    }),
    'base64',
  );

test('the list shows a small face, initials for who has none, and the new one when it changes', async () => {
  await to(ana, `/patients/${patient}`);
  await expect(line(ana).locator('.avatar')).toHaveText('SN');
  await ana.locator('#photo-button').click();
  await ana.locator('#photo-file').setInputFiles({ name: 'retrato.png', mimeType: 'image/png', buffer: await portrait() });
  const face = line(ana).locator('.avatar img');
  await expect(face).toBeVisible();
  await expect.poll(() => face.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(96);
  const answer = await ana.request.get(new URL((await face.getAttribute('src'))!, cluster.a.url).href);
  expect(answer.headers()['content-type']).toBe('image/jpeg');
  expect((await answer.body()).length).toBeLessThan(6_000);
  await expect(ana.locator('#results .avatar').first()).toBeVisible();
  await ana.keyboard.press('Escape');
  for (const look of looks) {
    await wear(ana, look);
    await expect(line(ana).locator('.avatar img')).toBeVisible();
    await inspect(ana, '25-faces', look);
  }
  await wear(ana, looks[0]);
});

test('a doctor restricts a record; the desk finds the person and no more', async () => {
  await to(doctor, `/patients/${patient}`);
  await expect(ana.getByRole('button', { name: 'Restringir' })).toHaveCount(0);
  await doctor.getByRole('button', { name: 'Restringir' }).click();
  await expect(doctor.locator('main .head')).toContainText('Restrito');
  for (const look of looks) {
    await wear(doctor, look);
    await expect(doctor.locator('.banner.quiet')).toBeVisible();
    await inspect(doctor, '26-restricted', look);
  }
  await wear(doctor, looks[0]);

  // The page that was open at the desk closes by itself.
  await expect(ana.getByText('Este cadastro é restrito à equipe do paciente')).toBeVisible();
  await expect(ana.locator('main')).not.toContainText('Penicilina');
  const seen = line(ana);
  await expect(seen.locator('.lock')).toBeVisible();
  await expect(seen.locator('.alert')).toHaveCount(0);
  await expect(seen.locator('.avatar')).toHaveText('SN');
  await expect(line(doctor).locator('.avatar img')).toBeVisible();
  for (const look of looks) {
    await wear(ana, look);
    await expect(ana.locator('#results .lock')).toBeVisible();
    await inspect(ana, '27-restricted-closed', look);
  }
  await wear(ana, looks[0]);
  await ana.keyboard.press('/');
  await ana.keyboard.type('sebastiao');
  await expect(seen).toHaveCount(1);
});

test('who treats opens it in an emergency, compliance lifts it, and the history says who', async ({ browser }) => {
  const nurse = await desk(browser, 'nina.prado');
  await to(nurse, `/patients/${patient}`);
  await expect(nurse.getByRole('heading', { level: 1 })).toContainText('Este registro está fechado para você');
  await nurse.locator('#emergency-reason').fill('chegou inconsciente, sem acompanhante');
  await nurse.locator('form button[type=submit]').click();
  await expect(nurse.getByRole('heading', { level: 1 })).toContainText('Sebastião');
  await expect(nurse.getByRole('button', { name: 'Liberar' })).toHaveCount(0);
  await nurse.context().close();

  const clara = await desk(browser, 'clara.dias');
  await to(clara, `/patients/${patient}`);
  await expect(clara.getByRole('button', { name: 'Editar' })).toHaveCount(0);
  await clara.getByRole('button', { name: 'Liberar' }).click();
  await expect(clara.locator('main .head')).not.toContainText('Restrito');
  await to(clara, `/patients/${patient}/history`);
  const changes = clara.locator('main').getByText('Restrito à equipe do paciente');
  await expect(changes).toHaveCount(2);
  await expect(clara.locator('main')).not.toContainText('restringido por');
  await to(clara, '/audit');
  await clara.locator('#trail-action').selectOption('patient.restrict');
  await expect(clara.locator('tbody')).toContainText('Davi Rocha');
  await expect(clara.locator('tbody')).toContainText('Restringiu um cadastro');
  await clara.context().close();
  // At the desk it opens again by itself.
  await expect(ana.locator('#photo-button')).toBeVisible();
});

test('nothing threw, broke its policy or asked another host', () => {
  expect(faults.flat()).toEqual([]);
});
