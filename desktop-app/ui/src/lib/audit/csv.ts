/** Rows as a file that a spreadsheet opens and does not run. */

/** What makes a spreadsheet take a cell for a formula; the full-width ones do so in some of them. */
const formula = /^(?:[\t\r\n]|\s*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20])/u;

/** One cell: quoted, and with an apostrophe before what would be run. */
export function csvCell(value: string): string {
  const safe = formula.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** The whole file. Spreadsheets of countries with a decimal comma expect semicolons; the mark says that it is UTF-8. */
export function csvFile(rows: readonly (readonly string[])[], separator: ',' | ';'): string {
  return `\uFEFF${rows.map((row) => row.map(csvCell).join(separator)).join('\r\n')}\r\n`;
}
