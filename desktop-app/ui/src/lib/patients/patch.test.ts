import { expect, test } from 'vitest';
import { applyPatch, diffPatch, inversePatch, withoutBlanks } from './patch';

const before = { name: { text: 'Ana' }, phones: { A: { number: '1', kind: 'mobile' }, B: { number: '2' } }, sex: 'female', foreign: { x: '1' } };
const after = { name: { text: 'Ana Maria' }, phones: { A: { number: '1', kind: 'home' }, C: { number: '3' } }, sex: 'female', foreign: { x: '1' } };

test('only what changed is sent', () => {
  expect(diffPatch(before, after)).toEqual({ name: { text: 'Ana Maria' }, phones: { A: { kind: 'home' }, B: null, C: { number: '3' } } });
  expect(diffPatch(before, structuredClone(before))).toBeUndefined();
});

test('applying the difference gives the other record, and its inverse takes it back', () => {
  const patch = diffPatch(before, after);
  expect(applyPatch(before, patch)).toEqual(after);
  expect(applyPatch(applyPatch(before, patch), inversePatch(before, patch))).toEqual(before);
});

test('what was left empty is not recorded, unknown keys are', () => {
  const form = { name: { text: ' Ana ' }, social_name: '', phones: { A: { number: ' ', kind: 'mobile' } }, deceased: false, emails: {}, future_field: 7 };
  expect(withoutBlanks(form)).toEqual({ name: { text: 'Ana' }, future_field: 7 });
});

test('emptying a field removes it', () => {
  expect(diffPatch(withoutBlanks({ social_name: 'Nanda' }), withoutBlanks({ social_name: ' ' }))).toEqual({ social_name: null });
});
