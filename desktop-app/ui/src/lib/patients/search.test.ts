import { expect, test, vi } from 'vitest';

const live = vi.hoisted(() => ({ handlers: {} as Record<string, (event: Record<string, unknown>) => void> }));
vi.mock('$lib/api/live', () => ({
  onLive: (name: string, handler: (event: Record<string, unknown>) => void) => {
    live.handlers[name] = handler;
    return () => delete live.handlers[name];
  },
}));
vi.mock('$lib/app/problems', () => ({ problemText: String }));
vi.mock('./calls', () => ({ pageSize: 50, findPatients: async () => ({ items: [] }) }));

const { search, watchSearch } = await import('./search.svelte');
const one = { id: '01A', name: 'Ana', deceased: false, has_alerts: false, photo: '01P' };

test('a face has the address of its photo, and is asked for again when a file arrives', () => {
  const stop = watchSearch();
  search.items = [one, { ...one, id: '01B', photo: undefined }];
  expect(search.face(one)).toBe('/api/patients/01A/photo?of=01P');
  expect(search.face(search.items[1]!)).toBeUndefined();
  live.handlers['attachment.changed']!({ patient_id: '01A' });
  live.handlers['attachment.changed']!({ patient_id: 'somebody else' });
  expect(search.face(one)).toBe('/api/patients/01A/photo?of=01P&again=1');
  expect(Object.keys(search.arrived)).toEqual(['01A']);
  search.forget();
  expect(search.face(one)).toBe('/api/patients/01A/photo?of=01P');
  stop();
  expect(live.handlers).toEqual({});
});
