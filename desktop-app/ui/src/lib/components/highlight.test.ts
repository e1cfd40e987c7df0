import { expect, test } from 'vitest';
import { highlight } from './highlight';

const marked = (text: string, query: string) =>
  highlight(text, query)
    .filter((piece) => piece.hit)
    .map((piece) => piece.text);

test('accents, case and order do not matter', () => {
  expect(marked('Antônia Conceição', 'conceicao anto')).toEqual(['Antô', 'Conceição']);
});

test('words are marked at their start only, digits anywhere', () => {
  expect(marked('Mariana Ana', 'ana')).toEqual(['Ana']);
  expect(marked('CPF •••4939', '939')).toEqual(['939']);
});

test('the text itself is never changed', () => {
  const text = 'Zoë d’Ávila-Ñandú 👩‍⚕️';
  expect(
    highlight(text, 'avila nandu zo')
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text.normalize('NFC'));
});
