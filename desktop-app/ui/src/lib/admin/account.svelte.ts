/** The administrator at the console. */
import { useCsrfToken, whenSignedOut } from '$lib/api/call';
import { answer } from '$lib/api/answer';
import { server } from '$lib/api/server';
import type { AdminSession } from './types';

type State = { stage: 'starting' } | { stage: 'signed_out'; ended: boolean } | { stage: 'signed_in'; session: AdminSession };

let current = $state.raw<State>({ stage: 'starting' });

export const accountState = () => current;

function enter(session: AdminSession): void {
  useCsrfToken(session.csrf_token);
  current = { stage: 'signed_in', session };
}

export async function resumeAccount(): Promise<void> {
  whenSignedOut(() => (current = { stage: 'signed_out', ended: current.stage === 'signed_in' }));
  try {
    enter(await answer(server.GET('/api/session')));
  } catch {
    current = { stage: 'signed_out', ended: false };
  }
}

export async function signInAdmin(email: string, password: string): Promise<void> {
  enter(await answer(server.POST('/api/session', { body: { email, password } })));
}

export async function signOutAdmin(): Promise<void> {
  try {
    await server.DELETE('/api/session');
  } finally {
    current = { stage: 'signed_out', ended: false };
  }
}
