/** The shapes of the console's API, under the names the screens use. */
import type { components } from '$lib/api/server.generated';

type Schemas = components['schemas'];

export type AdminSession = Schemas['AdminSession'];
export type AuditRow = Schemas['AdminAuditRow'];
export type Clinic = Schemas['AdminClinic'];
export type EnrolmentCode = Schemas['EnrolmentCode'];
export type Location = Schemas['Named'];
export type NewUser = Schemas['NewUser'];
export type Node = Schemas['AdminNode'];
export type Refusal = Schemas['AdminRefusal'];
export type User = Schemas['AdminUser'];
