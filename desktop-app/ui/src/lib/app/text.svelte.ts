/** The words on the screens: Fluent messages in the chosen language, and numbers and dates as that language writes them. */
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';

export const locales = ['pt-BR', 'en-US'] as const;
export type Locale = (typeof locales)[number];
type Args = Record<string, FluentVariable>;

const storageKey = 'posto.locale';
// eslint-disable-next-line svelte/prefer-svelte-reactivity -- filled once, before anything is drawn
const bundles = new Map<Locale, FluentBundle>();
let current = $state<Locale>(initialLocale());

function initialLocale(): Locale {
  const stored = globalThis.localStorage?.getItem(storageKey);
  if (locales.includes(stored as Locale)) return stored as Locale;
  return globalThis.navigator?.language.startsWith('en') ? 'en-US' : 'pt-BR';
}

/** Hands the entry's messages over: for each language the texts of its `.ftl` files. */
export function loadTexts(sources: Record<Locale, string[]>): void {
  for (const locale of locales) {
    const bundle = new FluentBundle(locale, { useIsolating: false });
    for (const source of sources[locale]) bundle.addResource(new FluentResource(source));
    bundles.set(locale, bundle);
  }
  document.documentElement.lang = current;
}

export function locale(): Locale {
  return current;
}

export function chooseLocale(next: Locale): void {
  current = next;
  localStorage.setItem(storageKey, next);
  document.documentElement.lang = next;
}

/** The message `key`. A missing one shows its key: the text check keeps that from shipping. */
export function t(key: string, args?: Args): string {
  const bundle = bundles.get(current);
  const pattern = bundle?.getMessage(key)?.value;
  return pattern && bundle ? bundle.formatPattern(pattern, args) : key;
}

/** Whether the message exists: for words that come from the server and may be newer than this screen. */
export function hasText(key: string): boolean {
  return bundles.get(current)?.hasMessage(key) ?? false;
}
