import { expect, test } from 'vitest';
import { newUlid } from './ulid';

test('an id has 26 characters of the alphabet and sorts by time', () => {
  expect(newUlid()).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  expect(newUlid(1_000) < newUlid(2_000)).toBe(true);
  expect(newUlid(1_469_918_176_385).slice(0, 10)).toBe('01ARYZ6S41');
});
