/** Which actions a typed text means. */
import type { IconName } from '$lib/components/icons';

export interface PaletteAction {
  /** Text key. */
  label: string;
  icon: IconName;
  keys?: string;
  run: () => void;
}

const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase();

/** Whether every typed word starts a word of the label. */
export function matches(label: string, typed: string): boolean {
  const words = fold(label).split(/[^\p{L}\p{N}]+/u);
  return fold(typed)
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)));
}
