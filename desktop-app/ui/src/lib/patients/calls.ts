/** The patient routes of the node's API. */
import { answer } from '$lib/api/answer';
import { node } from '$lib/api/node';
import type { PatientRecord } from '$lib/api/types';

/** Lines that one page of a list has. */
export const pageSize = 50;

export const findPatients = (q: string, cursor?: string, signal?: AbortSignal) =>
  answer(node.GET('/api/patients', { params: { query: { q: q || undefined, cursor, limit: pageSize } }, signal }));

export const readPatient = (id: string, asOf?: string) => answer(node.GET('/api/patients/{id}', { params: { path: { id }, query: { as_of: asOf } } }));

export const registerPatient = (record: PatientRecord, requestId: string, confirmNew: boolean) =>
  answer(node.POST('/api/patients', { body: { record, request_id: requestId, confirm_new: confirmNew } }));

export const checkDuplicates = (record: PatientRecord, signal?: AbortSignal) => answer(node.POST('/api/patients/duplicates', { body: { record }, signal }));

/** Changes fields of a record as it stood at `heads`; what others did meanwhile is merged, never refused. */
export const patchPatient = (id: string, heads: string[], patch: PatientRecord) =>
  answer(node.PATCH('/api/patients/{id}', { params: { path: { id }, header: { 'If-Match': `"${heads.join(',')}"` } }, body: patch }));

export const readHistory = (id: string, cursor?: string) => answer(node.GET('/api/patients/{id}/history', { params: { path: { id }, query: { cursor, limit: pageSize } } }));

export const readTimeline = (id: string, cursor?: string) => answer(node.GET('/api/patients/{id}/timeline', { params: { path: { id }, query: { cursor, limit: 100 } } }));

export const breakGlass = (id: string, reason: string) => answer(node.POST('/api/patients/{id}/break-glass', { params: { path: { id } }, body: { reason } }));

export const mergePatients = (id: string, other: string) => answer(node.POST('/api/patients/{id}/merge', { params: { path: { id } }, body: { other } }));

export const unmergePatients = (id: string, other: string) => answer(node.POST('/api/patients/{id}/unmerge', { params: { path: { id } }, body: { other } }));
