/** How long ago something was, for texts that choose their words by the unit. */

/** A span since then in its largest fitting unit; a clock slightly ahead counts as now. */
export function ago(iso: string, nowMs: number): { unit: 'now' | 's' | 'min' | 'h' | 'd'; count: number } {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(iso)) / 1000));
  if (seconds < 2) return { unit: 'now', count: 0 };
  if (seconds < 60) return { unit: 's', count: seconds };
  if (seconds < 3600) return { unit: 'min', count: Math.floor(seconds / 60) };
  if (seconds < 86_400) return { unit: 'h', count: Math.floor(seconds / 3600) };
  return { unit: 'd', count: Math.floor(seconds / 86_400) };
}
