/** The shapes of the node's API, under the names the screens use. */
import type { components } from './node.generated';

type Schemas = components['schemas'];

export type Address = Schemas['Address'];
export type Alert = Schemas['Alert'];
export type Allergy = Schemas['Allergy'];
export type Attachment = Schemas['Attachment'];
export type AuditRow = Schemas['AuditEntry'];
export type Author = Schemas['Author'];
export type Condition = Schemas['Condition'];
export type Conflict = Schemas['Conflict'];
export type ConflictValue = Schemas['ConflictValue'];
export type DuplicateCandidate = Schemas['DuplicateCandidate'];
export type ErrorCode = Schemas['ErrorCode'];
export type FieldChange = Schemas['FieldChange'];
export type FieldProblem = Schemas['FieldProblem'];
export type HistoryEntry = Schemas['HistoryEntry'];
export type Medication = Schemas['Medication'];
export type Named = Schemas['Named'];
export type Patient = Schemas['Patient'];
export type PatientSummary = Schemas['PatientSummary'];
export type Problem = Schemas['Problem'];
export type Session = Schemas['Session'];
export type SessionUser = Schemas['SessionUser'];
export type Settings = Schemas['Settings'];
export type SwitchableUser = Schemas['SwitchableUser'];
export type SyncStatus = Schemas['SyncStatus'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type TimelineKind = Schemas['TimelineKind'];

/** The record with the fields that this version does not know. */
export type PatientRecord = Schemas['PatientRecord'] & Record<string, unknown>;
