/** Light, dark, or as the system says. */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const storageKey = 'posto.theme';
let current = $state<Theme>('system');

export function startTheme(): void {
  const stored = localStorage.getItem(storageKey);
  chooseTheme(themes.includes(stored as Theme) ? (stored as Theme) : 'system');
}

export function theme(): Theme {
  return current;
}

export function chooseTheme(next: Theme): void {
  current = next;
  localStorage.setItem(storageKey, next);
  if (next === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
}
