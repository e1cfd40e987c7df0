import { expect, test } from 'vitest';
import { matchPath } from './router.svelte';

test('paths match with optional parts', () => {
  expect(matchPath('/patients/:id?/:tab?', '/patients')).toEqual({});
  expect(matchPath('/patients/:id?/:tab?', '/patients/01J/history')).toEqual({ id: '01J', tab: 'history' });
  expect(matchPath('/conflicts/:id', '/conflicts')).toBeUndefined();
  expect(matchPath('/conflicts/:id', '/patients/1')).toBeUndefined();
  expect(matchPath('/patients', '/patients/1')).toBeUndefined();
});
