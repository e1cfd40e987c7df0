import { expect, test } from 'vitest';
import { sizeText } from './size';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1500, '1.5 kB'],
  [999_600, '1 MB'],
  [12_340_000, '12.3 MB'],
])('%d bytes are %s', (bytes, text) => expect(sizeText(bytes, 'en-US')).toBe(text));
