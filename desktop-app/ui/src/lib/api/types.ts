/** The shapes of the node's API, under the names the screens use. */
export type ErrorCode =
  | 'invalid_request' | 'validation_failed' | 'possible_duplicates' | 'not_found' | 'unauthenticated' | 'wrong_credentials'
  | 'password_required' | 'locked_out' | 'administrator_required' | 'forbidden' | 'csrf_rejected' | 'heads_required'
  | 'unknown_heads' | 'quarantined' | 'needs_newer_version' | 'already_done' | 'merge_refused' | 'wrong_offset'
  | 'content_mismatch' | 'content_incomplete' | 'unsupported_media_type' | 'range_not_satisfiable' | 'payload_too_large'
  | 'rate_limited' | 'method_not_allowed' | 'not_ready' | 'storage_unavailable' | 'offline' | 'timeout' | 'internal';
export interface FieldProblem { path: string; rule: string }
export interface Problem {
  type: string; title: string; status: number; code: ErrorCode; correlation_id: string;
  fields?: FieldProblem[]; duplicates?: DuplicateCandidate[]; retry_after_s?: number; offset?: number;
}
export interface Named { id: string; name: string }
export interface SessionUser { id: string; name: string; login: string; roles: string[]; has_pin: boolean }
export interface Session {
  user: SessionUser; csrf_token: string; expires_at: string; clinic: Named; location?: Named; node_id: string;
  jurisdiction: string; permissions: string[];
}
export interface SwitchableUser { id: string; name: string; roles: string[] }
export interface DocumentType { code: string; label: string }
export interface Settings {
  clinic: Named; locations: Named[]; jurisdiction: string; document_types: DocumentType[]; default_language: string;
  default_phone_region: string; time_zone: string; version: string;
}
export interface PatientSummary {
  id: string; name: string; civil_name?: string; birth_date?: string; sex?: string; record_number?: string; phone?: string;
  document?: string; deceased: boolean; has_alerts: boolean; merged_into?: string;
}
export interface DuplicateCandidate { patient: PatientSummary; score: number; reasons: string[] }
export interface Duplicates { items: DuplicateCandidate[] }
export interface Author { user_id?: string; name: string }
export interface OpenConflict { conflict_id: string; path: string; safety_critical: boolean }
export interface Patient {
  id: string; heads: string[]; display_name: string; record: Record<string, unknown>; open_conflicts: OpenConflict[]; merged_into?: string;
  merged_from?: string[]; changed_at: string; changed_by: Author; waiting_to_sync: boolean; historical: boolean;
}
export interface FieldChange { path: string; before?: unknown; after?: unknown }
export interface HistoryEntry { change: string; at: string; author: Author; fields: FieldChange[]; concurrent: boolean }
export type TimelineKind = 'registered' | 'changed' | 'encounter' | 'condition' | 'allergy' | 'observation' | 'medication'
  | 'immunization' | 'procedure' | 'document' | 'attachment' | 'merge' | 'other';
export interface TimelineEntry { id: string; kind: TimelineKind; at: string; title: string; detail?: string; status?: string; document_id: string }
export interface ConflictValue { choice: string; value: unknown; author: Author; at: string; current: boolean }
export interface Conflict {
  id: string; document_id: string; document_kind: string; patient_name?: string; path: string; safety_critical: boolean;
  state: 'open' | 'resolved'; values: ConflictValue[]; detected_at: string; resolved_by?: Author; resolved_at?: string;
}
export interface Attachment {
  id: string; patient_id: string; name: string; size: number; media_type: string; description?: string; hash?: string;
  state: 'uploading' | 'ready' | 'elsewhere'; received: number; created_at: string; has_preview: boolean;
}
export type SyncState = 'standalone' | 'offline' | 'connecting' | 'syncing' | 'in_sync' | 'refused';
export interface SyncProblem { at: string; code: string }
export interface SyncStep { step: string; state: 'waiting' | 'running' | 'done' | 'failed' }
export interface ScopeStatus { scope: string; waiting: number; changes: number; cursor: number; in_sync: boolean }
export interface SyncStatus {
  state: SyncState; since?: string; last_synced_at?: string; waiting: number; refused: number; open_conflicts: number; projecting: number;
  scopes: ScopeStatus[]; clock_offset_ms?: number; progress?: { done: number; total: number }; recent_errors: SyncProblem[];
  steps: SyncStep[]; server?: string;
}
export interface Page<T> { items: T[]; next_cursor?: string; total?: number }
