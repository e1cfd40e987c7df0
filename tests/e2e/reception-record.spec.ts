// The photo of a patient, files looked at in the page, and the audit trail for those who watch.
import { expect, type Page, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { adminEmail, adminPassword, Cluster, doctorLogin, staffPassword } from './cluster';
import { api, inspect, looks, populate, signIn, watchForFaults, wear } from './pages';

let cluster: Cluster;
let page: Page;
let patient: string;
let faults: string[];

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  cluster = await Cluster.create();
  const admin = await (await browser.newContext()).newPage();
  await signIn(admin, cluster.server.url, adminEmail, adminPassword);
  await api(admin, 'POST', '/api/users', { clinic_id: cluster.clinic, name: 'Clara Dias', role: 'COMPLIANCE_OFFICER', password: staffPassword });
  await admin.context().close();
  page = await (await browser.newContext()).newPage();
  faults = watchForFaults(page);
  await signIn(page, cluster.a.url, cluster.staff, staffPassword);
  await wear(page, looks[0]);
  patient = (await populate(page)).at(-1)!;
});

test.afterAll(async () => {
  await cluster?.destroy();
});

const to = async (path: string, desk = page) => {
  await desk.goto(`${cluster.a.url}/#${path}`);
  await expect(desk.locator('main')).toBeVisible();
};
const face = () => page.locator('#photo-button');
const facePicture = () => face().locator('img');

/** A portrait, drawn by the browser. */
const portrait = async (skin: string) =>
  Buffer.from(
    await page.evaluate((colour) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [1600, 1600];
      const pen = canvas.getContext('2d')!;
      const disc = (fill: string, x: number, y: number, w: number, h: number) => {
        pen.fillStyle = fill;
        pen.beginPath();
        pen.ellipse(x, y, w, h, 0, 0, 7);
        pen.fill();
      };
      pen.fillStyle = '#8fb7c4';
      pen.fillRect(0, 0, 1600, 1600);
      disc('#2c5364', 800, 1650, 680, 560);
      disc('#3b2a20', 800, 620, 400, 460);
      disc(colour, 800, 690, 340, 410);
      return canvas.toDataURL('image/png').split(',')[1]!;
    }, skin),
    'base64',
  );

test('a photo is taken, shown small, undone and stands in the history', async () => {
  await to(`/patients/${patient}`);
  await expect(face()).toHaveText('SN');
  await face().focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Escolher arquivo' })).toBeFocused();
  await expect(page.locator('input[capture=user]')).toHaveAttribute('accept', 'image/*');
  await page.locator('#photo-file').setInputFiles({ name: 'IMG_2041.png', mimeType: 'image/png', buffer: await portrait('#d9a87c') });
  await expect(facePicture()).toBeVisible();
  // It was made smaller, and is what the file says.
  await expect.poll(() => facePicture().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1024);
  await expect(page.locator('#photo-panel li')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(face()).toBeFocused();

  await page.keyboard.press('Control+z');
  await expect(face()).toHaveText('SN');
  await to(`/patients/${patient}/history`);
  await expect(page.getByRole('row', { name: 'Foto' }).first()).toContainText('uma foto');
});

test('a picture among the files becomes the photo, another is dropped on the page, and it is removed', async () => {
  await to(`/patients/${patient}/files`);
  await page.locator('main input[type=file][multiple]').setInputFiles({ name: 'retrato.png', mimeType: 'image/png', buffer: await portrait('#8d5a3a') });
  await expect(page.getByRole('button', { name: 'retrato.png', exact: true })).toBeVisible();
  await face().click();
  await page.getByRole('button', { name: 'Usar retrato.png como foto' }).click();
  await expect(facePicture()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Usar retrato.png como foto' })).toHaveAttribute('aria-pressed', 'true');

  const bytes = [...(await portrait('#f0c9a4'))];
  const transfer = await page.evaluateHandle((data) => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(data)], 'arrastada.png', { type: 'image/png' }));
    return carried;
  }, bytes);
  await page.locator('main .head').dispatchEvent('drop', { dataTransfer: transfer });
  await expect(page.locator('#photo-panel li')).toHaveCount(3);
  await expect(page.getByRole('button', { name: 'Usar retrato.png como foto' })).toHaveAttribute('aria-pressed', 'false');

  await page.locator('#photo-file').setInputFiles({ name: 'nota.txt', mimeType: 'text/plain', buffer: Buffer.from('nada') });
  await expect(page.getByText('nota.txt não é uma imagem')).toBeVisible();
  await page.getByRole('button', { name: 'Remover a foto' }).click();
  await expect(face()).toHaveText('SN');
  await page.getByRole('button', { name: 'Usar retrato.png como foto' }).click();
  await expect(facePicture()).toBeVisible();
});

test('the photo reaches the other place', async ({ browser }) => {
  const other = await (await browser.newContext({ locale: 'pt-BR' })).newPage();
  await signIn(other, cluster.b.url, cluster.staff, staffPassword);
  await other.goto(`${cluster.b.url}/#/patients/${patient}`);
  await expect(other.locator('#photo-button img')).toBeVisible({ timeout: 30_000 });
  await other.context().close();
});

test('the photo panel, in every look', async () => {
  for (const look of looks) {
    await to(`/patients/${patient}/summary`);
    await wear(page, look);
    await face().click();
    await expect(page.locator('#photo-panel li')).toHaveCount(3);
    await expect(facePicture()).toBeVisible();
    await inspect(page, '20-photo', look);
  }
  await wear(page, looks[0]);
});

test('files are looked at in the page: PDF, text, and a card for the rest', async () => {
  await to(`/patients/${patient}/files`);
  await page.locator('main input[type=file][multiple]').setInputFiles([
    { name: 'laudo.pdf', mimeType: 'application/pdf', buffer: report() },
    { name: 'resultado.txt', mimeType: 'text/plain', buffer: Buffer.from('Hemoglobina 13,9 g/dL\n'.repeat(300)) },
    { name: 'imagens.zip', mimeType: 'application/zip', buffer: Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64') },
  ]);
  const open = (name: string) => page.getByRole('button', { name, exact: true }).click();
  for (const name of ['laudo.pdf', 'resultado.txt', 'imagens.zip']) await expect(page.getByRole('button', { name, exact: true })).toBeVisible();
  for (const look of looks) {
    await wear(page, look);
    await open('laudo.pdf');
    const frame = page.locator('dialog iframe');
    await expect(frame).toBeVisible();
    // The browser's viewer has taken it: it brings a frame of its own.
    await expect.poll(() => page.frames().some((one) => one.url().startsWith('chrome-extension://'))).toBe(true);
    await inspect(page, '21-pdf', look);
    await page.locator('dialog header button').click();

    await open('resultado.txt');
    await expect(page.locator('dialog pre')).toContainText('Hemoglobina 13,9 g/dL');
    await expect(page.locator('dialog .note')).toBeVisible();
    await page.keyboard.press('Escape');
    await open('imagens.zip');
    await expect(page.locator('dialog .card')).toContainText('ZIP');
    await inspect(page, '22-file-card', look);
    await page.keyboard.press('Escape');
  }
  await wear(page, looks[0]);
});

test('who watches filters the trail, sees emergencies marked, and takes it out as CSV', async ({ browser }) => {
  // Somebody looks in an emergency first.
  const record = { name: { text: 'Rosa Distante' }, birth_date: '1961-07-30', care_location: cluster.places[1] };
  const { id } = (await (await api(page, 'POST', '/api/patients', { record, confirm_new: true })).json()) as { id: string };
  const doctor = await (await browser.newContext({ locale: 'pt-BR' })).newPage();
  await signIn(doctor, cluster.a.url, doctorLogin, staffPassword);
  await doctor.goto(`${cluster.a.url}/#/patients/${id}`);
  await doctor.locator('#emergency-reason').fill('=HYPERLINK("x") chegou inconsciente');
  await doctor.locator('form button[type=submit]').click();
  await expect(doctor.getByRole('heading', { level: 1 })).toContainText('Rosa Distante');
  await expect(doctor.getByRole('link', { name: 'Auditoria' })).toHaveCount(0);
  await doctor.context().close();

  const clara = await (await browser.newContext({ locale: 'pt-BR' })).newPage();
  const own = watchForFaults(clara);
  await expect(async () => signIn(clara, cluster.a.url, 'clara.dias', staffPassword)).toPass();
  await clara.keyboard.press('a');
  await expect(clara.getByRole('heading', { level: 1 })).toHaveText('Auditoria');
  await expect(clara.locator('tbody tr').first()).toBeVisible();
  await clara.locator('#trail-user').selectOption({ label: 'Davi Rocha' });
  await clara.locator('#trail-action').selectOption('break_glass.');
  await expect(clara.locator('tbody tr').first()).toContainText('Emergência');
  await expect(clara.locator('tbody tr:not(.emergency)')).toHaveCount(0);
  const looksAtRosa = await clara.locator('tbody tr').count();
  expect(looksAtRosa).toBeGreaterThan(1);
  await clara.locator('#trail-patient').fill('rosa distante');
  await clara.locator('search li button').first().click();
  await expect(clara.locator('.chip')).toContainText('Rosa Distante');
  await expect(clara.locator('tbody tr')).toHaveCount(looksAtRosa);
  await clara.locator('#trail-to').fill('01/01/2020');
  await clara.locator('#trail-to').blur();
  await expect(clara.getByText('Nenhuma linha')).toBeVisible();
  await clara.locator('#trail-to').fill('');
  await clara.locator('#trail-to').blur();
  await expect(clara.locator('tbody tr')).toHaveCount(looksAtRosa);

  await clara.getByRole('button', { name: 'Exportar CSV' }).click();
  const downloading = clara.waitForEvent('download');
  await clara.getByRole('region', { name: 'Exportar CSV' }).getByRole('button', { name: 'Exportar CSV' }).click();
  const file = await downloading;
  expect(file.suggestedFilename()).toMatch(/^auditoria-.*\.csv$/);
  const lines = readFileSync(await file.path(), 'utf8').trimEnd().split('\r\n');
  expect(lines).toHaveLength(looksAtRosa + 1);
  expect(lines[1]).toContain(`"'=HYPERLINK(""x"") chegou inconsciente"`);

  await clara.getByRole('button', { name: 'Limpar' }).click();
  await clara.locator('#trail-action').selectOption('audit.');
  await expect(clara.locator('tbody')).toContainText('Exportou a auditoria');
  for (const look of looks) {
    await wear(clara, look);
    await clara.locator('#trail-user').selectOption({ label: 'Davi Rocha' });
    await expect(clara.locator('tbody tr.emergency').first()).toBeVisible();
    await expect(clara.locator('tbody')).not.toContainText('Clara Dias');
    await inspect(clara, '23-audit', look);
  }
  await wear(clara, looks[0]);
  await clara.goto(`${cluster.a.url}/#/patients/${id}/history`);
  await clara.getByRole('link', { name: 'Quem viu este cadastro' }).click();
  await expect(clara.locator('.chip')).toContainText(id.slice(-6));
  await expect(clara.locator('tbody')).toContainText('Davi Rocha');
  expect(own).toEqual([]);
  await clara.context().close();
});

test('nothing threw, broke its policy or asked another host', () => {
  // The PDF viewer is part of the browser: its own files come from no host.
  const ofTheBrowser = /^asked chrome(-extension)?:\/\//;
  expect(faults.filter((fault) => !ofTheBrowser.test(fault))).toEqual([]);
});

/** One page that says what it is. */
function report(): Buffer {
  const stream = 'BT /F1 28 Tf 60 740 Td (Laudo de exame) Tj /F1 14 Tf 0 -40 Td (Hemoglobina 13,9 g/dL) Tj ET';
  const parts = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const places = parts.map((part, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj\n${part}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const table = text.length;
  text += `xref\n0 6\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(text);
}
