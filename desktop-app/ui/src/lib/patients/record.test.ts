import { expect, test } from 'vitest';
import { formatDocument, formatPhone } from '$lib/app/numbers';
import { activeAllergies, addressLines, displayName } from './record';

test('the social name is the one to call', () => {
  expect(displayName({ name: { prefix: 'Sr.', given: 'João', family: 'Lima' } })).toBe('Sr. João Lima');
  expect(displayName({ name: { text: 'João Lima' }, social_name: 'Joana' })).toBe('Joana');
});

test('dangerous allergies come first, refuted ones not at all', () => {
  const allergies = { A: { substance: 'Látex' }, B: { substance: 'Penicilina', criticality: 'high' }, C: { substance: 'Ovo', status: 'refuted' } };
  expect(activeAllergies({ allergies }).map((allergy) => allergy.substance)).toEqual(['Penicilina', 'Látex']);
});

test('numbers are shown with their masks, unknown shapes untouched', () => {
  expect(formatPhone('+5511987654321')).toBe('+55 11 98765-4321');
  expect(formatPhone('+551133334444')).toBe('+55 11 3333-4444');
  expect(formatPhone('ramal 7')).toBe('ramal 7');
  expect(formatDocument('cpf', '12345678909')).toBe('123.456.789-09');
  expect(formatDocument('cpf', '123')).toBe('123');
});

test('an address is shown in lines without gaps', () => {
  expect(addressLines({ street: 'Rua A', number: '1', city: 'São Paulo', state: 'SP', postal_code: '04101-000' })).toEqual(['Rua A, 1', '04101-000 São Paulo · SP']);
});
