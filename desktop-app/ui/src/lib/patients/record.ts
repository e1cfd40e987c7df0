/** The patient's record as the screens read and change it. Keys it does not name stay as they are. */

export interface PersonName { text?: string; given?: string; family?: string; prefix?: string; suffix?: string }
export interface Phone { number: string; kind?: string; whatsapp?: boolean; note?: string; rank?: number; raw?: string; extension?: string }
export interface Email { address: string; use?: string; rank?: number }
export interface Address {
  use?: string; street?: string; number?: string; complement?: string; district?: string; city?: string; state?: string;
  postal_code?: string; country?: string; text?: string;
}
export interface OfficialDocument { kind: string; value: string; issuer?: string; country?: string; expires_on?: string }
export interface Guardian { name: string; role?: string; phone?: string; email?: string; legal?: boolean; emergency?: boolean }
export interface Insurance { payer: string; plan?: string; member_id?: string; valid_until?: string }
export interface Allergy { substance: string; criticality?: string; reactions?: string; status?: string; category?: string; since?: string }
export interface Condition { text: string; code?: string; status?: string; since?: string; until?: string }
export interface Medication { name: string; dose?: string; frequency?: string; status?: string; since?: string; route?: string }
export interface Alert { text: string; severity?: string; until?: string }
export interface Note { text: string; title?: string; pinned?: boolean }
export type Entries<T> = Record<string, T>;

export interface PatientRecord {
  id?: string;
  record_number?: number;
  name?: PersonName;
  social_name?: string;
  mother_name?: string;
  father_name?: string;
  birth_date?: string;
  sex?: string;
  gender_identity?: string;
  pronouns?: string;
  marital_status?: string;
  occupation?: string;
  nationality?: string;
  blood_type?: string;
  deceased?: boolean;
  deceased_on?: string;
  documents?: Entries<OfficialDocument>;
  phones?: Entries<Phone>;
  emails?: Entries<Email>;
  addresses?: Entries<Address>;
  guardians?: Entries<Guardian>;
  insurances?: Entries<Insurance>;
  allergies?: Entries<Allergy>;
  no_known_allergies?: boolean;
  conditions?: Entries<Condition>;
  medications?: Entries<Medication>;
  alerts?: Entries<Alert>;
  tags?: Entries<string>;
  notes?: Entries<Note>;
  language?: string;
  preferred_channel?: string;
  inactive?: boolean;
  [other: string]: unknown;
}

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

/** `+5511987654321` as `+55 11 98765-4321`; other countries in groups, unknown shapes untouched. */
export function formatPhone(number: string): string {
  const brazil = /^\+55(\d{2})(\d{4,5})(\d{4})$/.exec(number);
  if (brazil) return `+55 ${brazil[1]} ${brazil[2]}-${brazil[3]}`;
  const america = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return america ? `+1 ${america[1]} ${america[2]}-${america[3]}` : number;
}

/** Document numbers with the mask their kind is printed with. */
export function formatDocument(kind: string, value: string): string {
  const groups: Record<string, [RegExp, string]> = {
    cpf: [/^(\d{3})(\d{3})(\d{3})(\d{2})$/, '$1.$2.$3-$4'],
    cns: [/^(\d{3})(\d{4})(\d{4})(\d{4})$/, '$1 $2 $3 $4'],
    ssn: [/^(\d{3})(\d{2})(\d{4})$/, '$1-$2-$3'],
  };
  const [pattern, mask] = groups[kind] ?? [];
  return pattern && mask ? value.replace(pattern, mask) : value;
}
