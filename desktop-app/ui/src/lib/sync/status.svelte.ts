/** The node's sync status, fetched on every live event and, should those stop, every ten seconds. */
import { onLive } from '$lib/api/live';
import { answer } from '$lib/api/answer';
import { node } from '$lib/api/node';
import type { SyncStatus } from '$lib/api/types';

const pollMs = 10_000;
let status = $state.raw<SyncStatus>();
/** The node itself does not answer: not the same as the node being offline. */
let nodeSilent = $state(false);
let fetching = false;
let again = false;

export function syncStatus(): SyncStatus | undefined {
  return status;
}

export function nodeIsSilent(): boolean {
  return nodeSilent;
}

export async function refreshSync(): Promise<void> {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    status = await answer(node.GET('/api/sync'));
    nodeSilent = false;
  } catch {
    nodeSilent = true;
  } finally {
    fetching = false;
    if (again) {
      again = false;
      void refreshSync();
    }
  }
}

export async function syncNow(): Promise<void> {
  status = await answer(node.POST('/api/sync/now'));
  await refreshSync();
}

/** Keeps the status fresh until the answer is called. */
export function watchSync(): () => void {
  void refreshSync();
  const timer = setInterval(() => void refreshSync(), pollMs);
  const stops = (['sync.changed', 'conflict.changed', 'resync'] as const).map((name) => onLive(name, () => void refreshSync()));
  return () => {
    clearInterval(timer);
    for (const stop of stops) stop();
  };
}
