import { expect, test } from 'vitest';
import { Drafts, type DraftStorage } from './drafts';

function storage(): DraftStorage {
  const map = new Map<string, string>();
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
    key: (index) => [...map.keys()][index] ?? null,
    get length() {
      return map.size;
    },
  };
}

test('a draft is found again by its own user only', () => {
  const shared = storage();
  new Drafts('U1', shared).write('register', { name: 'Ana' });
  expect(new Drafts('U1', shared).read('register')).toEqual({ name: 'Ana' });
  expect(new Drafts('U2', shared).read('register')).toBeUndefined();
});

test('signing out forgets all drafts of the user and none of others', () => {
  const shared = storage();
  new Drafts('U1', shared).write('a', 1);
  new Drafts('U1', shared).write('b', 2);
  new Drafts('U2', shared).write('a', 3);
  new Drafts('U1', shared).clear();
  expect(new Drafts('U1', shared).read('a')).toBeUndefined();
  expect(new Drafts('U1', shared).read('b')).toBeUndefined();
  expect(new Drafts('U2', shared).read('a')).toBe(3);
});

test('a damaged draft is dropped instead of breaking the page', () => {
  const shared = storage();
  shared.setItem('posto.draft.U1.a', '{');
  expect(new Drafts('U1', shared).read('a')).toBeUndefined();
  expect(shared.length).toBe(0);
});
