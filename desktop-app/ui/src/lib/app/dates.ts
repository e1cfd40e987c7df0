/** Dates and times as a language writes them; partial dates (`1987`, `1987-03`) stay partial. */
import type { Locale } from './text.svelte';

const partial = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

/** `1987-03-09` as `09/03/1987` or `Mar 9, 1987`; what is no date comes back as it is. */
export function formatDay(value: string, locale: Locale): string {
  const match = partial.exec(value.slice(0, 10));
  if (!match) return value;
  const [, year, month, day] = match;
  if (!month) return year ?? value;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1)));
  const options: Intl.DateTimeFormatOptions = day
    ? { day: '2-digit', month: locale === 'pt-BR' ? '2-digit' : 'short', year: 'numeric' }
    : { month: 'long', year: 'numeric' };
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(date);
}

export function formatTime(value: string | Date, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(value));
}

/** Day and time; the day is left out when it is today. */
export function formatMoment(value: string, locale: Locale, now: number): string {
  if (value.length <= 10) return formatDay(value, locale);
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return value;
  if (date.toDateString() === new Date(now).toDateString()) return formatTime(date, locale);
  return new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'short' }).format(date);
}

/** Whole years at `now`; months below two years. Undefined where the birth date is not exact enough. */
export function ageAt(birthDate: string, now: Date): { years: number; months: number } | undefined {
  const match = partial.exec(birthDate);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  let months = (now.getFullYear() - year) * 12 + (now.getMonth() + 1 - month);
  if (now.getDate() < day) months -= 1;
  return months < 0 ? undefined : { years: Math.floor(months / 12), months };
}

/**
 * A birth date as people type it (`9/3/1987`, `09031987`, `1987-03-09`) as `1987-03-09`, or undefined.
 * Day first, or month first where the language writes it so.
 */
export function readTypedDay(text: string, locale: Locale): string | undefined {
  const typed = text.trim();
  if (/^\d{4}$/.test(typed) && Number(typed) > 1850) return typed;
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  const parts = iso ?? /^(\d{1,2})[/.\- ]?(\d{1,2})[/.\- ]?(\d{4})$/.exec(typed);
  if (!parts) return undefined;
  const [first, second, third] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const dayFirst = locale === 'pt-BR';
  const [year, month, day] = iso ? [first, second, third] : dayFirst ? [third, second, first] : [third, first, second];
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists && year > 1850 ? date.toISOString().slice(0, 10) : undefined;
}

/** The order in which the language writes a day, for placeholders and for showing a stored date in a field. */
export function typedDay(iso: string, locale: Locale): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (!match) return iso;
  const [, year, month, day] = match;
  return locale === 'pt-BR' ? `${day}/${month}/${year}` : `${month}/${day}/${year}`;
}
