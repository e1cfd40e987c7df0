import { describe, expect, test } from 'vitest';
import { ageAt, formatDay, readTypedDay, typedDay } from './dates';

describe('typed days', () => {
  test.each([
    ['09/03/1987', 'pt-BR', '1987-03-09'],
    ['9.3.1987', 'pt-BR', '1987-03-09'],
    ['09031987', 'pt-BR', '1987-03-09'],
    ['03/09/1987', 'en-US', '1987-03-09'],
    ['1987-03-09', 'en-US', '1987-03-09'],
    ['1987', 'pt-BR', '1987'],
  ] as const)('%s in %s is %s', (typed, locale, iso) => expect(readTypedDay(typed, locale)).toBe(iso));

  test.each(['31/02/1987', '00/01/1987', '09/03/87', 'ontem', ''])('%s is no day', (typed) => expect(readTypedDay(typed, 'pt-BR')).toBeUndefined());

  test('a stored day is typed back as the language writes it', () => {
    expect(typedDay('1987-03-09', 'pt-BR')).toBe('09/03/1987');
    expect(typedDay('1987-03-09', 'en-US')).toBe('03/09/1987');
    expect(readTypedDay(typedDay('1987-03-09', 'en-US'), 'en-US')).toBe('1987-03-09');
  });
});

test('partial dates stay partial, and no day moves by the time zone', () => {
  expect(formatDay('1987', 'pt-BR')).toBe('1987');
  expect(formatDay('1987-03', 'pt-BR')).toBe('março de 1987');
  expect(formatDay('1987-03-09', 'pt-BR')).toBe('09/03/1987');
});

test('the age changes on the birthday', () => {
  expect(ageAt('2000-05-10', new Date(2026, 4, 9))?.years).toBe(25);
  expect(ageAt('2000-05-10', new Date(2026, 4, 10))?.years).toBe(26);
  expect(ageAt('2026-01-31', new Date(2026, 2, 1))?.months).toBe(1);
  expect(ageAt('2030-01-01', new Date(2026, 2, 1))).toBeUndefined();
});
