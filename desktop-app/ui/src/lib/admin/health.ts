/** How a node is doing, judged once for table, band and order. */
import type { Node } from './types';

export type Health = 'revoked' | 'offline' | 'refused' | 'behind' | 'clock' | 'certificate' | 'fine';

/** Over this offset records look written in the wrong order. */
export const clockOffsetMsMax = 120_000;
/** Certificates are renewed on their own long before; this near something keeps them from it. */
export const certificateWarnMs = 14 * 86_400_000;

export function healthOf(node: Node, nowMs: number): Health {
  if (node.revoked_at) return 'revoked';
  if (!node.online) return 'offline';
  if (node.refused > 0) return 'refused';
  if (Math.abs(node.clock_offset_ms ?? 0) > clockOffsetMsMax) return 'clock';
  if (Date.parse(node.certificate_until) - nowMs < certificateWarnMs) return 'certificate';
  return node.in_sync ? 'fine' : 'behind';
}

const order: Health[] = ['offline', 'refused', 'clock', 'certificate', 'behind', 'fine', 'revoked'];

/** What needs a person first, then by clinic and name. */
export function byNeed(nodes: readonly Node[], nowMs: number): Node[] {
  const rank = (node: Node) => order.indexOf(healthOf(node, nowMs));
  return [...nodes].sort((a, b) => rank(a) - rank(b) || a.clinic.name.localeCompare(b.clinic.name) || a.name.localeCompare(b.name));
}

/** A fingerprint in groups of four, for reading aloud. */
export const grouped = (hex: string) => hex.match(/.{1,4}/g)?.join(' ') ?? hex;

/** `14:32` until `until`; nothing once it is over. */
export function countdown(until: string, nowMs: number): string | undefined {
  const seconds = Math.ceil((Date.parse(until) - nowMs) / 1000);
  if (seconds <= 0) return undefined;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
