import { expect, test } from 'vitest';
import { matches } from './matching';

test('each typed word starts a word of the action', () => {
  expect(matches('Mostrar detalhes da sincronização', 'sinc det')).toBe(true);
  expect(matches('Mostrar detalhes da sincronização', 'cronização')).toBe(false);
  expect(matches('Novo paciente', '')).toBe(true);
});
