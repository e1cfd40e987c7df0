/** Field changes as people think of them: an entry that was added or removed is one change, not one per leaf. */
import type { FieldChange } from '$lib/api/types';

/** What people rarely want to see: keys of other systems, positions, orders. */
const technical = new Set(['id', 'code', 'system', 'source', 'latitude', 'longitude', 'rank', 'city_code', 'foreign', 'external_ids', 'raw']);

const isTechnical = (path: string) => path.split('.').some((part) => technical.has(part));
const isUlid = (part: string | undefined) => /^[0-9A-HJKMNP-TV-Z]{26}$/i.test(part ?? '');

/** The same changes, whole entries in one line, technical ones last. */
export function condense(fields: readonly FieldChange[]): FieldChange[] {
  const groups = new Map<string, FieldChange[]>();
  for (const field of fields) {
    const [group, entry, leaf] = field.path.split('.');
    const key = isUlid(entry) && leaf ? `${group}.${entry}` : field.path;
    groups.set(key, [...(groups.get(key) ?? []), field]);
  }
  const condensed = [...groups].flatMap(([path, leaves]) => (leaves.length > 1 ? whole(path, leaves) : leaves));
  return [...condensed.filter((field) => !isTechnical(field.path)), ...condensed.filter((field) => isTechnical(field.path))];
}

function whole(path: string, leaves: FieldChange[]): FieldChange[] {
  const added = leaves.every((leaf) => leaf.before === undefined);
  const removed = leaves.every((leaf) => leaf.after === undefined);
  if (!added && !removed) return leaves;
  const values = Object.fromEntries(
    leaves.filter((leaf) => !isTechnical(leaf.path)).map((leaf) => [leaf.path.split('.').at(-1) ?? '', added ? leaf.after : leaf.before]),
  );
  return [{ path, [added ? 'after' : 'before']: values }];
}
