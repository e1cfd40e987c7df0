/** Record paths and values in words: what history and conflicts show. */
import { formatDay, formatMoment } from './dates';
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

/** A value as a person reads it; what is not there is told by the caller. */
export function valueText(value: unknown, path = ''): string {
  if (value === undefined || value === null || value === '') return '';
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, inner]) => valueText(inner, name))
      .filter(Boolean)
      .join(' · ');
  }
  const text = String(value);
  const leaf = path.split('.').at(-1) ?? '';
  if (/^\d{4}-\d{2}(-\d{2})?$/.test(text)) return formatDay(text, locale());
  if (/_ms$/.test(leaf) && /^\d+$/.test(text)) return formatMoment(new Date(Number(text)).toISOString(), locale(), 0);
  const listKey = key(leaf, text);
  return hasText(listKey) ? t(listKey) : text;
}
