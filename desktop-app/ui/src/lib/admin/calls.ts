/** The routes of the server's console API. */
import { call } from './call';
interface Page<T> { items: T[] }
import type { Clinic, EnrolmentCode, Location, Node, User } from './types';

export const readNodes = async () => (await call<Page<Node>>('GET', '/api/nodes')).items;
export const readClinics = async () => (await call<Page<Clinic>>('GET', '/api/clinics')).items;
export const readUsers = async () => (await call<Page<User>>('GET', '/api/users')).items;
export const createClinic = (name: string, jurisdiction: string) => call<Clinic>('POST', '/api/clinics', { body: { name, jurisdiction } });
export const createLocation = (clinic: string, name: string) => call<Location>('POST', `/api/clinics/${clinic}/locations`, { body: { name } });
export const createUser = (user: { clinic_id: string; name: string; role: string; password: string }) => call<User>('POST', '/api/users', { body: user });
export const createCode = (clinic: string, location: string) => call<EnrolmentCode>('POST', '/api/enrolment-codes', { body: { clinic_id: clinic, location_id: location } });
export const revokeNode = (id: string) => call<void>('POST', `/api/nodes/${id}/revoke`);
