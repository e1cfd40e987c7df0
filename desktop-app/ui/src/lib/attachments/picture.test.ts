import { expect, test } from 'vitest';
import { fitted } from './picture';

test('large pictures shrink in proportion, small ones stay', () => {
  expect(fitted(4000, 3000, 1000)).toEqual({ width: 1000, height: 750 });
  expect(fitted(3000, 4000, 1000)).toEqual({ width: 750, height: 1000 });
  expect(fitted(640, 480, 1000)).toEqual({ width: 640, height: 480 });
  expect(fitted(100_000, 1, 1000)).toEqual({ width: 1000, height: 1 });
});
