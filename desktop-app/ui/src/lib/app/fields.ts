/** Record paths and values in words: what history and conflicts show. */
import { formatDay, formatMoment } from './dates';
import { formatDocument, formatPhone } from './numbers';
import { hasText, locale, t } from './text.svelte';

const key = (prefix: string, part: string) => `${prefix}-${part.replaceAll('_', '-').toLowerCase()}`;
const isUlid = (part: string) => /^[0-9A-HJKMNP-TV-Z]{26}$/i.test(part);

function partText(part: string): string {
  return hasText(key('path', part)) ? t(key('path', part)) : part.replaceAll('_', ' ');
}

/** `phones.01J….number` as "Phone · number". */
export function pathText(path: string): string {
  return path
    .split('.')
    .filter((part) => !isUlid(part))
    .map(partText)
    .join(' · ');
}

const titles = ['substance', 'text', 'name', 'payer', 'number', 'address', 'value'];

/** What the entry of a collection is called in the record: which allergy a path is about. */
export function entryTitle(record: unknown, path: string): string {
  const [group, entry, leaf] = path.split('.');
  if (!group || !entry || !isUlid(entry)) return '';
  const found = (record as Record<string, Record<string, unknown>> | undefined)?.[group]?.[entry];
  if (typeof found !== 'object' || found === null) return '';
  const title = titles.find((name) => name !== leaf && typeof (found as Record<string, unknown>)[name] === 'string');
  return title ? String((found as Record<string, unknown>)[title]) : '';
}

/** Leaves in the order people say them; what is not named here follows. */
const spoken = ['substance', 'text', 'name', 'payer', 'given', 'family', 'street', 'number', 'complement', 'district', 'city', 'state', 'postal_code', 'kind', 'value', 'address'];
const silent = new Set(['rank', 'raw', 'latitude', 'longitude', 'source', 'system', 'country', 'city_code']);
const kindLists: Record<string, string> = { phones: 'phone', documents: 'document' };

/** A whole entry in one line. */
function entryText(entry: Record<string, unknown>, path: string): string {
  const list = kindLists[path.split('.')[0] ?? ''];
  const place = (name: string) => (spoken.indexOf(name) + spoken.length + 1) % (spoken.length + 1);
  return Object.entries(entry)
    .filter(([name, value]) => !silent.has(name) && value !== false)
    .sort(([a], [b]) => place(a) - place(b))
    .map(([name, value]) => {
      if (name === 'kind' && list && hasText(key(list, String(value)))) return t(key(list, String(value)));
      if (name === 'value' && typeof entry['kind'] === 'string') return formatDocument(entry['kind'], String(value));
      return value === true ? partText(name) : valueText(value, name);
    })
    .filter(Boolean)
    .join(' · ');
}

/** A value as a person reads it; what is not there is told by the caller. */
export function valueText(value: unknown, path = ''): string {
  if (value === undefined || value === null || value === '') return '';
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'object') return entryText(value as Record<string, unknown>, path);
  const text = String(value);
  const leaf = path.split('.').at(-1) ?? '';
  if (leaf === 'photo') return t('photo-value');
  if (/^\d{4}-\d{2}(-\d{2})?$/.test(text)) return formatDay(text, locale());
  if (/_ms$/.test(leaf) && /^\d+$/.test(text)) return formatMoment(new Date(Number(text)).toISOString(), locale(), 0);
  if (/^\+\d{8,}$/.test(text)) return formatPhone(text);
  const listKey = key(leaf, text);
  return hasText(listKey) ? t(listKey) : text;
}
