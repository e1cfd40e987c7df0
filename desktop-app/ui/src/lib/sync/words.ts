/** The state of synchronisation in one short sentence, always in sight. */
import type { SyncStatus } from '$lib/api/types';
import { ago } from '$lib/app/ago';

export interface SyncWords {
  /** Text keys with their arguments, shown one after the other with a dot between. */
  parts: { key: string; args?: Record<string, string | number> }[];
  tone: 'ok' | 'busy' | 'warn' | 'danger';
  icon: 'check' | 'sync' | 'offline' | 'alert' | 'disk';
}

/** Over this many milliseconds the two clocks are told to disagree. */
export const clockOffsetMsMax = 120_000;

export function syncWords(status: SyncStatus, nowMs: number, time: (iso: string) => string): SyncWords {
  const waiting = { key: 'sync-waiting', args: { count: status.waiting } };
  const synced = status.last_synced_at ? [{ key: 'sync-synced-ago', args: ago(status.last_synced_at, nowMs) }] : [];
  const attention = status.open_conflicts > 0 ? [{ key: 'sync-conflicts', args: { count: status.open_conflicts } }] : [];
  switch (status.state) {
    case 'standalone':
      return { parts: [{ key: 'sync-saved-here' }, ...attention], tone: attention.length ? 'warn' : 'ok', icon: 'disk' };
    case 'refused':
      return { parts: [{ key: 'sync-refused' }, waiting], tone: 'danger', icon: 'alert' };
    case 'offline': {
      const since = status.since ? { key: 'sync-offline-since', args: { time: time(status.since) } } : { key: 'sync-offline' };
      return { parts: [since, waiting, ...attention], tone: 'warn', icon: 'offline' };
    }
    case 'connecting':
      return { parts: [{ key: 'sync-connecting' }, waiting], tone: 'warn', icon: 'sync' };
    case 'syncing': {
      const progress = status.progress && status.progress.total > 0 ? [{ key: 'sync-first', args: { percent: percent(status.progress) } }] : [];
      return { parts: [{ key: 'sync-saved-here' }, ...(progress.length ? progress : [{ key: 'sync-syncing' }]), ...attention], tone: 'busy', icon: 'sync' };
    }
    case 'in_sync':
      if (status.refused > 0) return { parts: [{ key: 'sync-changes-refused', args: { count: status.refused } }], tone: 'danger', icon: 'alert' };
      return {
        parts: [{ key: 'sync-saved-here' }, ...(status.waiting > 0 ? [waiting] : isRecent(status, nowMs) ? synced : [{ key: 'sync-in-sync' }]), ...attention],
        tone: attention.length ? 'warn' : 'ok',
        icon: 'check',
      };
  }
}

/** Connected and equal says more than a time long ago when something last had to be sent. */
function isRecent(status: SyncStatus, nowMs: number): boolean {
  return nowMs - Date.parse(status.last_synced_at ?? '') < 60_000;
}

function percent(progress: { done: number; total: number }): number {
  return Math.min(100, Math.floor((progress.done / progress.total) * 100));
}
