import { expect, test } from 'vitest';
import type { Conflict } from '$lib/api/types';
import { valueBefore } from './undo';

const conflict = (shown: string | undefined, ...choices: string[]) =>
  ({ values: choices.map((choice) => ({ choice, value: choice, current: choice === shown })) }) as unknown as Conflict;

test('of two values the other one comes back', () => {
  expect(valueBefore(conflict('a', 'a', 'b'), conflict('a', 'a', 'b'))).toBe('b');
  expect(valueBefore(conflict('a', 'a', 'b'), conflict('b', 'a', 'b'))).toBe('a');
});

test('of more the one that was shown, and nothing where that was chosen', () => {
  expect(valueBefore(conflict('c', 'a', 'b', 'c'), conflict('a', 'a', 'b', 'c'))).toBe('c');
  expect(valueBefore(conflict('c', 'a', 'b', 'c'), conflict('c', 'a', 'b', 'c'))).toBeUndefined();
});

test('after a value of ones own the shown one comes back', () => {
  expect(valueBefore(conflict('b', 'a', 'b'), conflict(undefined, 'a', 'b'))).toBe('b');
});
