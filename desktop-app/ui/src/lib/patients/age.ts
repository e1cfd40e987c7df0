/** Age and sex in words, as every patient line shows them. */
import { ageAt, formatDay } from '$lib/app/dates';
import { hasText, locale, t } from '$lib/app/text.svelte';

export function ageText(birthDate: string | undefined, now: number): string {
  const age = birthDate ? ageAt(birthDate, new Date(now)) : undefined;
  if (!age) return '';
  return age.years < 2 ? t('age-months', { count: age.months }) : t('age-years', { count: age.years });
}

export function bornText(birthDate: string | undefined): string {
  return birthDate ? formatDay(birthDate, locale()) : '';
}

/** The word for a stored value of a list (`sex-female`); values from a newer version are shown as they are. */
export function word(list: string, value: string | undefined): string {
  if (!value) return '';
  const key = `${list}-${value.replaceAll('_', '-').toLowerCase()}`;
  return hasText(key) ? t(key) : value.replaceAll('_', ' ');
}
