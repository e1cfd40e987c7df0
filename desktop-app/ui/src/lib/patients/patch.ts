/** JSON merge patches (RFC 7396) between two versions of a record: to save what changed, to show it at once, to take it back. */
type Json = unknown;
type Obj = Record<string, Json>;
const isObject = (value: Json): value is Obj => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What turns `before` into `after`; undefined where they are equal. */
export function diffPatch(before: Json, after: Json): Obj | undefined {
  if (!isObject(before) || !isObject(after)) return undefined;
  const patch: Obj = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, next] = [before[key], after[key]];
    if (next === undefined) {
      if (old !== undefined) patch[key] = null;
    } else if (isObject(old) && isObject(next)) {
      const inner = diffPatch(old, next);
      if (inner) patch[key] = inner;
    } else if (JSON.stringify(old) !== JSON.stringify(next)) patch[key] = next;
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** `target` after `patch`; neither is changed. */
export function applyPatch<T>(target: T, patch: Json): T {
  if (!isObject(patch)) return patch as T;
  const result: Obj = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = applyPatch(result[key], value);
  }
  return result as T;
}

/** The patch that takes `patch` back, given the record it was made on. */
export function inversePatch(before: Json, patch: Json): Obj | undefined {
  return diffPatch(applyPatch(before, patch), before);
}

/**
 * A filled-in form without what was left empty: blank texts, false flags, entries and groups with nothing in them.
 * An entry whose only content is its kind counts as empty too.
 */
export function withoutBlanks<T>(value: T): T {
  return (prune(value) ?? {}) as T;
}

const labels = new Set(['kind', 'use', 'role', 'rank', 'criticality', 'severity']);

function prune(value: Json): Json {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  if (value === false || value === null || value === undefined) return undefined;
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, prune(inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return entries.some(([key]) => !labels.has(key)) ? Object.fromEntries(entries) : undefined;
}
