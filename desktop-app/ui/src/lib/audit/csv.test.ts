import { expect, test } from 'vitest';
import { csvCell, csvFile } from './csv';

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '＠x', '\n=cmd'])('%j is a text, not a formula', (value) => {
  expect(csvCell(value)).toBe(`"'${value}"`);
});

test('quotes are doubled, separators and lines stay inside of the cell', () => {
  expect(csvCell('a "b"; c\nd')).toBe('"a ""b""; c\nd"');
  expect(csvCell('Ana-Maria')).toBe('"Ana-Maria"');
  expect(csvFile([['a', 'b'], ['c;', '']], ';')).toBe('\uFEFF"a";"b"\r\n"c;";""\r\n');
});
