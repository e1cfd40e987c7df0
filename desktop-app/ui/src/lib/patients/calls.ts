/** The patient routes of the node's API. */
import { call } from '$lib/api/node';
import type { Duplicates, HistoryEntry, Page, Patient, PatientSummary, TimelineEntry } from '$lib/api/types';
import type { PatientRecord } from './record';

const path = (id: string, rest = '') => `/api/patients/${encodeURIComponent(id)}${rest}`;

export const findPatients = (q: string, cursor?: string, signal?: AbortSignal) =>
  call<Page<PatientSummary>>('GET', '/api/patients', { query: { q: q || undefined, cursor, limit: 50 }, signal });

export const readPatient = (id: string, asOf?: string) => call<Patient>('GET', path(id), { query: { as_of: asOf } });

export const registerPatient = (record: PatientRecord, requestId: string, confirmNew: boolean) =>
  call<Patient>('POST', '/api/patients', { body: { record, request_id: requestId, confirm_new: confirmNew } });

export const checkDuplicates = (record: PatientRecord, signal?: AbortSignal) =>
  call<Duplicates>('POST', '/api/patients/duplicates', { body: { record }, signal });

/** Changes fields of a record as it stood at `heads`; what others did meanwhile is merged, never refused. */
export const patchPatient = (id: string, heads: string[], patch: unknown) =>
  call<Patient>('PATCH', path(id), { body: patch, headers: { 'if-match': `"${heads.join(',')}"` } });

export const readHistory = (id: string, cursor?: string) => call<Page<HistoryEntry>>('GET', path(id, '/history'), { query: { cursor } });

export const readTimeline = (id: string, cursor?: string) => call<Page<TimelineEntry>>('GET', path(id, '/timeline'), { query: { cursor, limit: 100 } });

export const mergePatients = (id: string, other: string) => call<Patient>('POST', path(id, '/merge'), { body: { other } });

export const unmergePatients = (id: string, other: string) => call<Patient>('POST', path(id, '/unmerge'), { body: { other } });
