/** Fields with competing values that wait for a person, safety-critical ones first. */
import { onLive } from '$lib/api/live';
import { answer } from '$lib/api/answer';
import { node } from '$lib/api/node';
import type { Conflict } from '$lib/api/types';
import { problemText } from '$lib/app/problems';

let items = $state.raw<Conflict[]>();
let decided = $state.raw<Conflict[]>();
let total = $state(0);
let trouble = $state('');

export const conflictItems = () => items;
export const decidedItems = () => decided;
export const openConflicts = () => total;
export const conflictTrouble = () => trouble;

export async function refreshConflicts(): Promise<void> {
  try {
    const page = await answer(node.GET('/api/conflicts', { params: { query: { state: 'open', limit: 100 } } }));
    items = page.items;
    total = page.total ?? page.items.length;
    trouble = '';
  } catch (error) {
    trouble = problemText(error);
  }
}

/** What was decided last, by anybody. */
export async function refreshDecided(): Promise<void> {
  try {
    decided = (await answer(node.GET('/api/conflicts', { params: { query: { state: 'resolved', limit: 100 } } }))).items;
    trouble = '';
  } catch (error) {
    trouble = problemText(error);
  }
}

export function watchConflicts(): () => void {
  void refreshConflicts();
  const stops = (['conflict.changed', 'resync'] as const).map((name) => onLive(name, () => (void refreshConflicts(), decided && void refreshDecided())));
  return () => stops.forEach((stop) => stop());
}

/** Settles a conflict with one of its values, or with another one. */
export async function resolveConflict(id: string, decision: { choice: string } | { value: unknown }): Promise<Conflict> {
  const settled = await answer(node.POST('/api/conflicts/{id}/resolve', { params: { path: { id } }, body: decision }));
  items = items?.filter((item) => item.id !== id);
  total = Math.max(0, total - 1);
  return settled;
}

/** Takes a decision of this session back: `choice` becomes the record's value, as a new edit. */
export async function undoConflict(id: string, choice: string | undefined): Promise<Conflict> {
  const undone = await answer(node.POST('/api/conflicts/{id}/undo', { params: { path: { id } }, body: { choice } }));
  decided = decided?.map((item) => (item.id === id ? undone : item));
  return undone;
}
