/** A problem in plain words: what happened, what was kept, what to do. */
import { ProblemError } from '$lib/api/problem';
import { hasText, t } from './text.svelte';

export function problemText(error: unknown): string {
  if (!(error instanceof ProblemError)) return t('problem-internal');
  const key = `problem-${error.code.replaceAll('_', '-')}`;
  return hasText(key) ? t(key, { seconds: error.retryAfterS ?? 0, code: error.correlationId ?? '' }) : t('problem-internal');
}

/** The sentence for a broken rule of a field. */
export function ruleText(rule: string): string {
  const key = `rule-${rule.replaceAll('_', '-')}`;
  return hasText(key) ? t(key) : t('rule-other');
}

/** Field path to sentence, for showing beside the fields. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {};
  return Object.fromEntries(error.fields.map((field) => [field.path, ruleText(field.rule)]));
}
