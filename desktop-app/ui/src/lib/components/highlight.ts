/** Finds the words of a query in a text, ignoring accents and case, for showing why something was found. */
export interface Piece {
  text: string;
  hit: boolean;
}

const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase();

/** Pieces of `text` in order; a word of the query marks the starts of words, digits mark anywhere. */
export function highlight(text: string, query: string): Piece[] {
  const chars = Array.from(text.normalize('NFC'));
  // One folded character per shown character keeps positions equal.
  const folded = chars.map((char) => fold(char)[0] ?? ' ').join('');
  const hit = new Array<boolean>(chars.length).fill(false);
  for (const word of fold(query).split(/[\s,;.]+/).filter(Boolean)) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
      const startsWord = at === 0 || !/[\p{L}\p{N}]/u.test(folded[at - 1] ?? ' ');
      if (startsWord || /^\d+$/.test(word)) hit.fill(true, at, at + word.length);
    }
  }
  const pieces: Piece[] = [];
  for (const [index, char] of chars.entries()) {
    const last = pieces.at(-1);
    if (last && last.hit === hit[index]) last.text += char;
    else pieces.push({ text: char, hit: hit[index] ?? false });
  }
  return pieces;
}
