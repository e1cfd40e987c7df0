/** Short messages at the edge of the screen: what was done, and how to take it back. */
export interface Notice {
  id: number;
  tone: 'done' | 'problem';
  text: string;
  /** Takes it back; undo instead of "are you sure". */
  undo?: () => void | Promise<void>;
}

let notices = $state<Notice[]>([]);
let next = 0;
/** Long enough to read; longer where there is something to take back. */
const shownMs = { done: 4_000, undoable: 9_000, problem: 20_000 };

export function currentNotices(): readonly Notice[] {
  return notices;
}

export function notify(tone: Notice['tone'], text: string, undo?: Notice['undo']): void {
  const notice: Notice = { id: next++, tone, text, undo };
  notices = [...notices.slice(-2), notice];
  setTimeout(() => dismiss(notice.id), shownMs[tone === 'done' && undo ? 'undoable' : tone]);
}

export function dismiss(id: number): void {
  notices = notices.filter((notice) => notice.id !== id);
}

/** Takes the newest undoable thing back. */
export async function undoLatest(): Promise<void> {
  const latest = [...notices].reverse().find((notice) => notice.undo);
  if (!latest) return;
  dismiss(latest.id);
  await latest.undo?.();
}
