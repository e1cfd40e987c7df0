/** The shapes of the server's console API, under the names the screens use. */
export interface Named { id: string; name: string }
export interface AdminSession { user: { id: string; name: string; email: string }; csrf_token: string; expires_at: string }
export interface Node {
  id: string;
  name: string;
  clinic: Named;
  location?: Named;
  online: boolean;
  in_sync: boolean;
  /** Changes the server holds that the node has not confirmed. */
  behind: number;
  last_seen_at?: string;
  version?: string;
  clock_offset_ms?: number;
  enrolled_at: string;
  certificate_until: string;
  revoked_at?: string;
  refused: number;
  repairs: number;
}
export interface Location { id: string; name: string }
export interface Clinic { id: string; name: string; jurisdiction: string; locations: Location[]; counts: Record<string, number> }
export interface User { id: string; name: string; login: string; clinic?: Named; roles: string[]; inactive: boolean }
export interface EnrolmentCode { code: string; ca_fingerprint: string; expires_at: string }
