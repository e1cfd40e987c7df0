import { expect, test } from 'vitest';
import { periodOf } from './period';

test('a period is whole days at the desk, the last one too', () => {
  const { from, to } = periodOf('2026-03-01', '2026-03-31');
  expect(from).toBe(new Date(2026, 2, 1).toISOString());
  expect(to).toBe(new Date(2026, 3, 1).toISOString());
});

test('an open end stays open', () => {
  expect(periodOf('', '2026-12-31')).toEqual({ from: undefined, to: new Date(2027, 0, 1).toISOString() });
  expect(periodOf('x', '')).toEqual({ from: undefined, to: undefined });
});
