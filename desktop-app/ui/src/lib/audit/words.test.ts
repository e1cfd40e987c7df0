import { expect, test, vi } from 'vitest';

vi.mock('$lib/app/text.svelte', () => {
  const texts: Record<string, string> = { 'trail-patient-read': 'Abriu', 'trailgroup-patient': 'Pacientes', 'trailkind-patient': 'Paciente', 'trailkind-conflict-task': 'Conflito', 'role-nurse': 'Enfermagem' };
  return { hasText: (key: string) => key in texts, t: (key: string) => texts[key] ?? key };
});

const { actionText, detailText, isEmergency, recordOf, roleText } = await import('./words');

test('actions, groups and what is newer than the screen', () => {
  expect(actionText('patient.read')).toBe('Abriu');
  expect(actionText('patient.')).toBe('Pacientes');
  expect(actionText('robot.dance')).toBe('robot.dance');
  expect(roleText('NURSE, WIZARD')).toBe('Enfermagem, WIZARD');
});

test('records by kind and the end of their id', () => {
  const id = '01J0000000000000000000ABCD';
  expect(recordOf({ record: `patient/${id}` })).toEqual({ kind: 'patient', id, text: 'Paciente …00000ABCD' });
  expect(recordOf({})).toBeUndefined();
});

test('emergencies are marked, both the word and each look', () => {
  expect(isEmergency({ action: 'break_glass.use' })).toBe(true);
  expect(isEmergency({ action: 'break_glass' })).toBe(true);
  expect(isEmergency({ action: 'patient.read' })).toBe(false);
});

test('the other words of a row are said in words', () => {
  const path = (text: string) => text.split('.')[0] ?? '';
  expect(detailText({ action: 'patient.update', detail: 'phones.01J.number phones.01J.kind occupation' }, path)).toBe('phones, occupation');
  expect(detailText({ action: 'patient.restrict', detail: 'restricted restricted_by' }, path)).toBe('');
  expect(detailText({ action: 'patient.search', detail: '12 found' }, path)).toBe('trail-found');
  expect(detailText({ action: 'break_glass.use', detail: 'history Patient' }, path)).toBe('history: Paciente');
  expect(detailText({ action: 'read', detail: 'ConflictTask' }, path)).toBe('Conflito');
  expect(detailText({ action: 'audit.read' }, path)).toBe('');
  expect(detailText({ action: 'audit.export', detail: 'user 01J action patient.read before 2026-01-02 00:00:00 UTC' }, path, () => 'Ana')).toBe('Ana · Abriu · trail-to 2026-01-02 00:00:00 UTC');
});
