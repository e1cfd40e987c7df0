/** The patient's record as the screens read and change it. Keys it does not name stay as they are. */

import type { Address, Allergy, PatientRecord } from '$lib/api/types';

export type { PatientRecord };
export type Entries<T> = Record<string, T>;

/** Statuses of things that are over; an absent status means active. */
const over = new Set(['inactive', 'remission', 'resolved', 'refuted', 'entered_in_error', 'completed', 'stopped']);

export const isActive = (entry: { status?: string }) => !over.has(entry.status ?? 'active');

/** Entries in the order of their keys, which is the order they were added in. */
export function listed<T>(entries: Entries<T> | undefined): (T & { key: string })[] {
  return Object.entries(entries ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => ({ ...(entry as T & object), key }) as T & { key: string });
}

export function civilName(record: PatientRecord): string {
  const name = record.name ?? {};
  return name.text ?? [name.prefix, name.given, name.family, name.suffix].filter(Boolean).join(' ');
}

export function displayName(record: PatientRecord): string {
  return record.social_name || civilName(record);
}

/** Allergies that count now, the dangerous ones first. */
export function activeAllergies(record: PatientRecord): (Allergy & { key: string })[] {
  const rank = (allergy: Allergy) => (allergy.criticality === 'high' ? 0 : 1);
  return listed(record.allergies).filter(isActive).sort((a, b) => rank(a) - rank(b));
}

export function addressLines(address: Address): string[] {
  if (address.text) return [address.text];
  const street = [address.street, address.number].filter(Boolean).join(', ');
  const place = [address.city, address.state].filter(Boolean).join(' · ');
  return [[street, address.complement].filter(Boolean).join(' — '), address.district, [address.postal_code, place].filter(Boolean).join(' ')].filter(
    (line): line is string => Boolean(line),
  );
}
