/** The routes of the server's console API. */
import { answer } from '$lib/api/answer';
import { server } from '$lib/api/server';
import type { NewUser } from './types';

export const readNodes = async () => (await answer(server.GET('/api/nodes'))).items;
export const readClinics = async () => (await answer(server.GET('/api/clinics'))).items;
export const readUsers = async () => (await answer(server.GET('/api/users'))).items;
export const readRefusals = async () => (await answer(server.GET('/api/refusals'))).items;
export const readTrail = (cursor?: string) => answer(server.GET('/api/audit', { params: { query: cursor ? { cursor: Number(cursor) } : {} } }));
export const createClinic = (name: string, jurisdiction: string) => answer(server.POST('/api/clinics', { body: { name, jurisdiction } }));
export const createLocation = (id: string, name: string) => answer(server.POST('/api/clinics/{id}/locations', { params: { path: { id } }, body: { name } }));
export const createUser = (user: NewUser) => answer(server.POST('/api/users', { body: user }));
export const createCode = (clinic: string, location: string) => answer(server.POST('/api/enrolment-codes', { body: { clinic_id: clinic, location_id: location } }));
export const revokeNode = (id: string) => server.POST('/api/nodes/{id}/revoke', { params: { path: { id } } });
