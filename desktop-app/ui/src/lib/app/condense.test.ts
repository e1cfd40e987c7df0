import { expect, test } from 'vitest';
import { condense } from './condense';

const key = '01J00000000000000000000000';

test('an entry that was added is one change without its technical keys', () => {
  const fields = [
    { path: `allergies.${key}.code`, after: '123' },
    { path: `allergies.${key}.substance`, after: 'Látex' },
    { path: `allergies.${key}.criticality`, after: 'low' },
  ];
  expect(condense(fields)).toEqual([{ path: `allergies.${key}`, after: { substance: 'Látex', criticality: 'low' } }]);
});

test('an entry that was changed is shown leaf by leaf', () => {
  const fields = [
    { path: `phones.${key}.number`, before: '1', after: '2' },
    { path: `phones.${key}.note`, after: 'irmã' },
  ];
  expect(condense(fields)).toEqual(fields);
});

test('technical fields come last', () => {
  const paths = condense([{ path: 'external_ids.x', after: 1 }, { path: 'sex', after: 'female' }]).map((field) => field.path);
  expect(paths).toEqual(['sex', 'external_ids.x']);
});
