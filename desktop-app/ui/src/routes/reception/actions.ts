/** What the palette offers besides patients. */
import { go } from '$lib/app/router.svelte';
import { chooseLocale, locale } from '$lib/app/text.svelte';
import { chooseTheme, theme } from '$lib/app/theme.svelte';
import type { PaletteAction } from '$lib/palette/matching';
import { can } from '$lib/session/permissions';
import { signOut } from '$lib/session/session.svelte';
import { syncNow } from '$lib/sync/status.svelte';

export function deskActions(open: (layer: 'sync' | 'keys' | 'switch') => void): PaletteAction[] {
  return [
    { label: 'action-new', icon: 'plus', keys: 'n', run: () => go('/patients/new') },
    ...(can('readConflicts') ? [{ label: 'action-conflicts', icon: 'split' as const, keys: 'c', run: () => go('/conflicts') }] : []),
    ...(can('readTrail') ? [{ label: 'action-trail', icon: 'shield' as const, keys: 'a', run: () => go('/audit') }] : []),
    { label: 'action-sync', icon: 'sync', keys: 's', run: () => open('sync') },
    { label: 'action-sync-now', icon: 'sync', run: () => (void syncNow().catch(() => {}), open('sync')) },
    { label: 'action-switch', icon: 'people', keys: 'u', run: () => open('switch') },
    { label: 'action-theme', icon: 'moon', run: () => chooseTheme(theme() === 'dark' ? 'light' : 'dark') },
    { label: 'action-language', icon: 'info', run: () => chooseLocale(locale() === 'pt-BR' ? 'en-US' : 'pt-BR') },
    { label: 'action-keys', icon: 'keyboard', keys: '?', run: () => open('keys') },
    { label: 'action-sign-out', icon: 'exit', run: () => void signOut() },
  ];
}
