import { expect, test } from 'vitest';
import { lookOf, typeWord } from './kind';

const file = (media_type: string, has_preview = true) => ({ media_type, has_preview });

test('a file is shown by its content, and on a card where nothing can show it', () => {
  expect(lookOf(file('image/png'), true)).toBe('image');
  expect(lookOf(file('application/pdf'), true)).toBe('pdf');
  expect(lookOf(file('application/pdf'), false)).toBe('card');
  expect(lookOf(file('text/csv'), true)).toBe('text');
  expect(lookOf(file('application/zip'), true)).toBe('card');
  expect(lookOf(file('image/png', false), true)).toBe('card');
});

test('the card names the type by the ending', () => {
  expect(typeWord('pedido.docx')).toBe('DOCX');
  expect(typeWord('sem ending')).toBe('');
});
