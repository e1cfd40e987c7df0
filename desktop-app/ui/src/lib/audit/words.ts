/** Rows of the trail in words. What is newer than this screen is shown as it came. */
import type { AuditRow } from '$lib/api/types';
import { hasText, t } from '$lib/app/text.svelte';

function word(list: string, value: string): string {
  const key = `${list}-${value.toLowerCase().replace(/[._]/g, '-')}`;
  return hasText(key) ? t(key) : value;
}

/** Groups and actions that a list can be narrowed to; a dot at the end stands for all that begin so. */
export const actionChoices = [
  'break_glass.',
  'patient.',
  'patient.read',
  'patient.search',
  'patient.history',
  'patient.timeline',
  'patient.create',
  'patient.update',
  'patient.restrict',
  'attachment.',
  'conflict.',
  'session.',
  'audit.',
] as const;

export const actionText = (action: string) => (action.endsWith('.') ? word('trailgroup', action.slice(0, -1)) : word('trail', action));
export const authorText = (name: string) => word('author', name);
export const roleText = (role: string) =>
  role
    .split(/[ ,]+/)
    .filter(Boolean)
    .map((one) => word('role', one))
    .join(', ');

/** Somebody looked where only an emergency lets them, or said that there is one. */
export const isEmergency = (row: Pick<AuditRow, 'action'>) => row.action.startsWith('break_glass');

/** `patient/01J…` as its parts; the end of an id is what people compare. */
export function recordOf(row: Pick<AuditRow, 'record'>): { kind: string; id: string; text: string } | undefined {
  if (!row.record) return undefined;
  const [kind = '', id = ''] = row.record.includes('/') ? row.record.split('/') : ['', row.record];
  return { kind, id, text: `${word('trailkind', kind)} …${id.slice(-9)}`.trim() };
}

const withPaths = new Set(['patient.update', 'conflict.resolve', 'conflict.undo']);
const kebab = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-');

/** What somebody asked the trail for, with the names that the reader knows anyway. */
function askedText(detail: string, names: (id: string) => string): string {
  const parts = detail.matchAll(/(user|action|from|before) (.+?)(?= (?:user|action|from|before) |$)/g);
  return [...parts]
    .map(([, what, value = '']) => (what === 'user' ? names(value) : what === 'action' ? actionText(value) : `${t(what === 'from' ? 'trail-from' : 'trail-to')} ${value}`))
    .join(' · ');
}

/** The other words of a row: fields that were changed, how many were found, what an emergency let somebody look at. */
export function detailText(row: Pick<AuditRow, 'action' | 'detail'>, pathText: (path: string) => string, names: (id: string) => string = (id) => `…${id.slice(-6)}`): string {
  const detail = row.detail ?? '';
  if (withPaths.has(row.action)) return [...new Set(detail.split(' ').filter(Boolean).map(pathText))].join(', ');
  // The action says it all.
  if (/^patient\.(un)?restrict$/.test(row.action)) return '';
  if (/^audit\.(read|export)$/.test(row.action)) return askedText(detail, names);
  const found = /^(\d+) found$/.exec(detail);
  if (found) return t('trail-found', { count: Number(found[1]) });
  const refused = /^([a-z_]+ )?([A-Z][A-Za-z]+)$/.exec(detail);
  if (refused) return [refused[1] && word('trail', refused[1].trim()), word('trailkind', kebab(refused[2] ?? ''))].filter(Boolean).join(': ');
  return detail;
}
