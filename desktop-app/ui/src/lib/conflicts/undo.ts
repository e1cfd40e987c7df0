/** Which value an undo brings back. */
import type { Conflict } from '$lib/api/types';

/**
 * The value to restore when `settled` is taken back at once: of two the one that was not chosen, otherwise the one that the
 * record showed before, where that is another.
 */
export function valueBefore(open: Conflict, settled: Conflict): string | undefined {
  const others = open.values.filter((value) => !settled.values.some((now) => now.choice === value.choice && now.current));
  return others.length === 1 ? others[0]?.choice : others.find((value) => value.current)?.choice;
}
