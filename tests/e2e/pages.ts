// What every page suite needs: signing in, people to look at, and the look of a page in each theme and language.
import AxeBuilder from '@axe-core/playwright';
import { type APIResponse, expect, type Page } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const screens = resolve(import.meta.dirname, '../../docs/screens');

export const looks = [
  { theme: 'light', locale: 'pt-BR' },
  { theme: 'dark', locale: 'en-US' },
  { theme: 'dark', locale: 'pt-BR' },
  { theme: 'light', locale: 'en-US' },
] as const;
export type Look = (typeof looks)[number];

/** Collects what no page may do: throw, break the content security policy, ask other hosts. */
export function watchForFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(http:\/\/127\.0\.0\.1|data:|blob:)/.test(request.url())) faults.push(`asked ${request.url()}`);
  });
  return faults;
}

export async function signIn(page: Page, url: string, login: string, password: string): Promise<void> {
  await page.goto(url);
  await page.locator('#login').fill(login);
  await page.locator('#password').fill(password);
  await page.keyboard.press('Enter');
  await expect(page.locator('#login')).toHaveCount(0);
}

/** Puts the look on and loads the page anew in it. */
export async function wear(page: Page, look: Look): Promise<void> {
  await page.evaluate(({ theme, locale }) => {
    localStorage.setItem('posto.theme', theme);
    localStorage.setItem('posto.locale', locale);
  }, look);
  await page.reload();
}

/** No serious axe finding, no raw text key, nothing wider than the window; and a picture when POSTO_SCREENS is set. */
export async function inspect(page: Page, name: string, look: Look): Promise<void> {
  // Transitions are over when two frames look the same; axe would measure colours half way otherwise.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))));
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']).analyze();
  const serious = violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
  expect(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`), `${name} ${look.theme} ${look.locale}`).toEqual([]);

  const text = await page.locator('body').innerText();
  expect(text.split('\n').filter((line) => /^[a-z]+(-[a-z]+)+$/.test(line.trim())), `untranslated on ${name}`).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} fits the window`).toBe(true);

  const kept = look === looks[0] || look === looks[1];
  if (process.env.POSTO_SCREENS && kept) {
    mkdirSync(screens, { recursive: true });
    await page.screenshot({ path: join(screens, `${name}-${look.theme}-${look.locale}.png`) });
  }
}

/** Calls the API as the page that is signed in. */
export async function api(page: Page, method: 'POST' | 'PATCH' | 'PUT', path: string, data: unknown, headers: Record<string, string> = {}): Promise<APIResponse> {
  const base = new URL(page.url()).origin;
  const session = (await (await page.request.get(`${base}/api/session`)).json()) as { csrf_token: string };
  const answer = await page.request.fetch(base + path, { method, data: data as never, headers: { 'x-posto-csrf': session.csrf_token, ...headers } });
  expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
  return answer;
}

const given = ['Maria Aparecida', 'João Batista', 'Ana Clara', 'José Carlos', 'Antônia', 'Luiz Felipe', 'Fernanda', 'Paulo Roberto', 'Beatriz', 'Marcos Vinícius', 'Lúcia', 'Gabriel', 'Conceição', 'Sebastião'];
const family = ['da Silva Santos', 'Oliveira', 'Souza Lima', 'Pereira', 'Costa e Silva', 'Rodrigues de Almeida', 'Nascimento'];

/** Invented people, the last of them with everything a record can say. Answers the ids. */
export async function populate(page: Page): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, first] of given.entries()) {
    const last = index === given.length - 1;
    const record = {
      name: { text: `${first} ${family[index % family.length]}` },
      birth_date: `${1938 + ((index * 17) % 80)}-${String(1 + (index % 12)).padStart(2, '0')}-${String(1 + ((index * 5) % 28)).padStart(2, '0')}`,
      sex: index % 2 === 0 ? 'female' : 'male',
      phones: { a: { number: `(11) 9${8000 + index * 37}-${1000 + index * 91}`, kind: 'mobile', whatsapp: index % 3 === 0 } },
      ...(index % 4 === 0 ? { allergies: { a: { substance: 'Penicilina', criticality: 'high', reactions: 'Anafilaxia' } } } : {}),
      ...(last ? everything : {}),
    };
    const answer = await api(page, 'POST', '/api/patients', { record, confirm_new: true });
    ids.push(((await answer.json()) as { id: string }).id);
  }
  return ids;
}

const everything = {
  sex: 'male',
  mother_name: 'Francisca Pereira',
  occupation: 'Professor',
  marital_status: 'married',
  blood_type: 'O+',
  language: 'pt-BR',
  preferred_channel: 'whatsapp',
  documents: { a: { kind: 'cpf', value: '529.982.247-25' }, b: { kind: 'rg', value: '12345678X', issuer: 'SSP/SP' } },
  emails: { a: { address: 'sebastiao@example.org' } },
  addresses: { a: { street: 'Rua das Acácias', number: '10', complement: 'ap. 42', district: 'Vila Mariana', city: 'São Paulo', state: 'SP', postal_code: '04101-000' } },
  allergies: { a: { substance: 'Penicilina', criticality: 'high', reactions: 'Anafilaxia' }, b: { substance: 'Látex', criticality: 'low', reactions: 'Urticária' } },
  alerts: { a: { text: 'Risco de queda', severity: 'warning' } },
  conditions: { a: { text: 'Hipertensão essencial', code: 'I10', since: '2015-04' }, b: { text: 'Diabetes mellitus tipo 2', code: 'E11', since: '2019' }, c: { text: 'Bronquite aguda', status: 'resolved', since: '2021-07-02' } },
  medications: { a: { name: 'Losartana', dose: '50 mg', frequency: '12/12 h' }, b: { name: 'Metformina', dose: '850 mg', frequency: 'após o almoço' } },
  guardians: { a: { name: 'Carla Pereira', role: 'spouse', phone: '(11) 98888-7777' } },
  insurances: { a: { payer: 'Saúde Vale', plan: 'Essencial', member_id: '0 064 123456789 0', valid_until: '2031-12-31' } },
  notes: { a: { text: 'Pede lembrete na véspera.' } },
  tags: { a: 'Programa hipertensão' },
};
