/** The form of a patient: a record with every group present, so that fields have something to bind to. */
import { newUlid } from '$lib/app/ulid';
import { diffPatch, withoutBlanks } from './patch';
import { civilName, type PatientRecord } from './record';

export type Filled = PatientRecord &
  Required<
    Pick<
      PatientRecord,
      'name' | 'documents' | 'phones' | 'emails' | 'addresses' | 'guardians' | 'insurances' | 'allergies' | 'conditions' | 'medications' | 'alerts' | 'notes' | 'tags'
    >
  >;

const groups = ['name', 'documents', 'phones', 'emails', 'addresses', 'guardians', 'insurances', 'allergies', 'conditions', 'medications', 'alerts', 'notes', 'tags'] as const;

/** A form for a record; `register` adds the blank lines one usually fills in. */
export function formOf(record: PatientRecord, register?: { documentKind: string }): Filled {
  const form = structuredClone(record) as Filled;
  for (const group of groups) form[group] ??= {} as never;
  if (register) {
    form.phones[newUlid()] = { number: '', kind: 'mobile' };
    form.documents[newUlid()] = { kind: register.documentKind, value: '' };
  }
  return form;
}

/** What the form says, without what was left empty. */
export const recordOf = (form: PatientRecord): PatientRecord => withoutBlanks(form);

/** What has to be saved to make `base` say what the form says. */
export const patchOf = (base: PatientRecord, form: PatientRecord) => diffPatch(withoutBlanks(base), recordOf(form));

const isoDay = /^\d{4}(-\d{2}(-\d{2})?)?$/;

/** Broken rules that can be told without asking the node: field path to rule. */
export function problemsOf(form: PatientRecord, today: string): Record<string, string> {
  const problems: Record<string, string> = {};
  if (!civilName(form).trim()) problems['name'] = 'required';
  const born = form.birth_date?.trim();
  if (born) {
    if (!isoDay.test(born)) problems['birth_date'] = 'invalid_date';
    else if (born > today.slice(0, born.length)) problems['birth_date'] = 'date_in_future';
  }
  for (const [key, email] of Object.entries(form.emails ?? {})) {
    if (email.address.trim() && !/^\S+@\S+\.\S+$/.test(email.address.trim())) problems[`emails.${key}.address`] = 'invalid_email';
  }
  return problems;
}

/** Whether enough is known that asking for duplicates makes sense. */
export function worthChecking(record: PatientRecord): boolean {
  const digits = (texts: string[]) => texts.some((text) => text.replace(/\D/g, '').length >= 8);
  return (
    civilName(record).trim().length >= 3 ||
    digits(Object.values(record.phones ?? {}).map((phone) => phone.number)) ||
    digits(Object.values(record.documents ?? {}).map((document) => document.value))
  );
}
