/** Ids for new entries of a collection: ULIDs, so that two desks never draw the same one. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function newUlid(nowMs = Date.now(), random = crypto.getRandomValues(new Uint8Array(16))): string {
  let text = '';
  for (let rest = nowMs, index = 0; index < 10; index++, rest = Math.floor(rest / 32)) text = alphabet[rest % 32] + text;
  for (const byte of random) text += alphabet[byte % 32];
  return text;
}
