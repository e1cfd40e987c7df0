import { expect, test } from 'vitest';
import { byNeed, countdown, healthOf } from './health';
import type { Node } from './types';

const now = Date.parse('2026-11-20T12:00:00Z');
const node = (change: Partial<Node>): Node => ({
  id: 'N', name: 'desk', clinic: { id: 'C', name: 'Clínica' }, online: true, in_sync: true, behind: 0, refused: 0, repairs: 0, enrolled_at: '2026-01-01T00:00:00Z', certificate_until: '2027-11-20T12:00:00Z', ...change,
});

test('the worst thing about a node is what is said', () => {
  expect(healthOf(node({}), now)).toBe('fine');
  expect(healthOf(node({ in_sync: false }), now)).toBe('behind');
  expect(healthOf(node({ certificate_until: '2026-11-30T12:00:00Z' }), now)).toBe('certificate');
  expect(healthOf(node({ clock_offset_ms: -180_000 }), now)).toBe('clock');
  expect(healthOf(node({ online: false, clock_offset_ms: -180_000 }), now)).toBe('offline');
  expect(healthOf(node({ refused: 3, clock_offset_ms: -180_000 }), now)).toBe('refused');
  expect(healthOf(node({ online: false, revoked_at: '2026-01-01T00:00:00Z' }), now)).toBe('revoked');
});

test('what needs a person comes first, what is gone comes last', () => {
  const nodes = [node({ name: 'a' }), node({ name: 'b', revoked_at: '2026-01-01T00:00:00Z' }), node({ name: 'c', online: false })];
  expect(byNeed(nodes, now).map((one) => one.name)).toEqual(['c', 'a', 'b']);
});

test('a countdown never shows a time that is over', () => {
  expect(countdown('2026-11-20T12:14:32Z', now)).toBe('14:32');
  expect(countdown('2026-11-20T12:00:01Z', now)).toBe('0:01');
  expect(countdown('2026-11-20T12:00:00Z', now)).toBeUndefined();
});
