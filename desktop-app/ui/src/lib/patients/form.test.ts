import { expect, test } from 'vitest';
import { formOf, patchOf, problemsOf, recordOf, worthChecking } from './form';

test('opening a form and saving it unchanged saves nothing', () => {
  const record = { id: 'X', name: { given: 'Ana', family: 'Lima', prefix: 'Sra.' }, phones: { A: { number: '+5511987654321' } }, foreign: { 'fhir/extension': '[]' } };
  expect(patchOf(record, formOf(record))).toBeUndefined();
});

test('the blank lines of registering are not recorded', () => {
  const form = formOf({}, { documentKind: 'cpf' });
  form.name.text = 'Ana Lima';
  expect(recordOf(form)).toEqual({ name: { text: 'Ana Lima' } });
});

test('what can be told without the node is told beside the field', () => {
  expect(problemsOf({}, '2026-11-20')).toEqual({ name: 'required' });
  expect(problemsOf({ name: { text: 'A' }, birth_date: '31/02/2000' }, '2026-11-20')).toEqual({ birth_date: 'invalid_date' });
  expect(problemsOf({ name: { text: 'A' }, birth_date: '2026-11-21' }, '2026-11-20')).toEqual({ birth_date: 'date_in_future' });
  expect(problemsOf({ name: { text: 'A' }, birth_date: '2026', emails: { E: { address: 'a@b' } } }, '2026-11-20')).toEqual({ 'emails.E.address': 'invalid_email' });
});

test('duplicates are asked for once there is something to compare', () => {
  expect(worthChecking({ name: { text: 'An' } })).toBe(false);
  expect(worthChecking({ name: { text: 'Ana' } })).toBe(true);
  expect(worthChecking({ phones: { A: { number: '(11) 98765-4321' } } })).toBe(true);
});
