import { expect, test, vi } from 'vitest';

vi.mock('./text.svelte', () => {
  const texts: Record<string, string> = { 'path-phones': 'Telefone', 'path-number': 'número', 'path-whatsapp': 'WhatsApp', 'phone-mobile': 'Celular', 'document-cpf': 'CPF', 'criticality-high': 'Grave', yes: 'Sim', 'photo-value': 'uma foto' };
  return { hasText: (key: string) => key in texts, t: (key: string) => texts[key] ?? key, locale: () => 'pt-BR' };
});

const { entryTitle, pathText, valueText } = await import('./fields');
const key = '01J00000000000000000000000';

test('paths are said without their keys', () => {
  expect(pathText(`phones.${key}.number`)).toBe('Telefone · número');
  expect(pathText('some_new_field')).toBe('some new field');
});

test('a whole entry is one line in the order people say it', () => {
  expect(valueText({ criticality: 'high', reactions: 'Anafilaxia', substance: 'Penicilina' }, `allergies.${key}`)).toBe('Penicilina · Grave · Anafilaxia');
  expect(valueText({ kind: 'cpf', value: '52998224725' }, 'documents')).toBe('CPF · 529.982.247-25');
  expect(valueText({ kind: 'mobile', number: '+5511984812183', whatsapp: true, rank: 1 }, 'phones')).toBe('+55 11 98481-2183 · Celular · WhatsApp');
});

test('a photo is not its id', () => {
  expect(valueText(key, 'photo')).toBe('uma foto');
  expect(valueText(undefined, 'photo')).toBe('');
});

test('a path is named by the entry it is in', () => {
  const record = { allergies: { [key]: { substance: 'Látex', criticality: 'low' } } };
  expect(entryTitle(record, `allergies.${key}.criticality`)).toBe('Látex');
  expect(entryTitle(record, 'birth_date')).toBe('');
});
