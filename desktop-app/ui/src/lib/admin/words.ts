/** Words of the server for people: what was done, to what, by whom. What is newer than this screen is shown as it came. */
import { hasText, t } from '$lib/app/text.svelte';
import type { Clinic, Node, User } from './types';

function word(list: string, value: string): string {
  const key = `${list}-${value.toLowerCase().replace(/[._]/g, '-')}`;
  return hasText(key) ? t(key) : value;
}

export const actionText = (action: string) => word('audit', action);
export const reasonText = (reason: string) => word('reason', reason);
export const kindText = (kind: string) => word('kind', kind);

interface Known {
  nodes: readonly Node[];
  clinics: readonly Clinic[];
  users: readonly User[];
}

/** `node/01J…` by the name that people know it by; its kind and the end of its id where nobody knows it any more. */
export function resourceText(resource: string, known: Known): string {
  const [kind = '', id = ''] = resource.split('/');
  const places = known.clinics.flatMap((clinic) => [clinic, ...clinic.locations]);
  const named = [...known.nodes, ...places, ...known.users].find((one) => one.id === id);
  return named ? named.name : id ? `${kindText(kind)} …${id.slice(-6)}` : resource ? kindText(resource) : '—';
}

export function actorText(actor: string, users: readonly User[]): string {
  return users.find((user) => user.id === actor)?.name ?? word('actor', actor);
}
