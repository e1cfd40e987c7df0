import { expect, test } from 'vitest';
import type { SyncStatus } from '$lib/api/types';
import { ago } from '$lib/app/ago';
import { syncWords } from './words';

const now = Date.parse('2026-11-20T12:00:00Z');
const status = (change: Partial<SyncStatus>): SyncStatus => ({
  state: 'in_sync', waiting: 0, refused: 0, open_conflicts: 0, projecting: 0, scopes: [], recent_errors: [], steps: [],
  last_synced_at: '2026-11-20T11:59:57Z', ...change,
});
const keys = (change: Partial<SyncStatus>) => syncWords(status(change), now, () => '09:12').parts.map((part) => part.key);

test('in sync says how long ago', () => {
  const words = syncWords(status({}), now, () => '');
  expect(words.parts).toEqual([{ key: 'sync-saved-here' }, { key: 'sync-synced-ago', args: { unit: 's', count: 3 } }]);
  expect(words.tone).toBe('ok');
});

test('connected and equal for long is said as such', () => {
  expect(keys({ last_synced_at: '2026-11-20T11:00:00Z' })).toEqual(['sync-saved-here', 'sync-in-sync']);
});

test('offline says since when and how much waits', () => {
  const words = syncWords(status({ state: 'offline', since: '2026-11-20T09:12:00Z', waiting: 14 }), now, () => '09:12');
  expect(words.parts).toEqual([
    { key: 'sync-offline-since', args: { time: '09:12' } },
    { key: 'sync-waiting', args: { count: 14 } },
  ]);
});

test('conflicts are always told', () => {
  for (const state of ['standalone', 'offline', 'syncing', 'in_sync'] as const) expect(keys({ state, open_conflicts: 2 })).toContain('sync-conflicts');
});

test('what the server refused is never called in sync', () => {
  expect(syncWords(status({ refused: 1 }), now, () => '').tone).toBe('danger');
  expect(syncWords(status({ state: 'refused' }), now, () => '').tone).toBe('danger');
});

test('a server clock slightly ahead counts as now', () => {
  expect(ago('2026-11-20T12:00:05Z', now)).toEqual({ unit: 'now', count: 0 });
  expect(ago('2026-11-20T10:30:00Z', now)).toEqual({ unit: 'h', count: 1 });
});
