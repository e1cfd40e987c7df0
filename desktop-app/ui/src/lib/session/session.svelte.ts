/** Who is at the desk. Signing in, handing over by PIN, signing out. */
import { answer } from '$lib/api/answer';
import { node } from '$lib/api/node';
import { useCsrfToken, whenSignedOut } from '$lib/api/call';
import { startLive, stopLive } from '$lib/api/live';
import { ProblemError } from '$lib/api/problem';
import type { Session, SwitchableUser } from '$lib/api/types';
import { Drafts } from '$lib/app/drafts';

type State = { stage: 'starting' } | { stage: 'signed_out'; reason?: 'ended' } | { stage: 'signed_in'; session: Session } | { stage: 'unreachable' };

let current = $state.raw<State>({ stage: 'starting' });

export function sessionState(): State {
  return current;
}

/** The session of a screen that is only shown to somebody signed in. */
export function session(): Session {
  if (current.stage !== 'signed_in') throw new Error('nobody is signed in');
  return current.session;
}

export function may(action: string): boolean {
  return current.stage === 'signed_in' && current.session.permissions.includes(action);
}

export function drafts(): Drafts {
  return new Drafts(session().user.id);
}

function enter(next: Session): void {
  useCsrfToken(next.csrf_token);
  current = { stage: 'signed_in', session: next };
  startLive();
}

function leave(reason?: 'ended'): void {
  useCsrfToken('');
  stopLive();
  current = { stage: 'signed_out', reason };
}

/** Takes up the session that the browser still holds. */
export async function resumeSession(): Promise<void> {
  whenSignedOut(() => current.stage === 'signed_in' && leave('ended'));
  try {
    enter(await answer(node.GET('/api/session')));
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'unreachable') current = { stage: 'unreachable' };
    else leave();
  }
}

/** Looks whether the session still holds, after word that sessions changed. */
export async function checkSession(): Promise<void> {
  if (current.stage !== 'signed_in') return;
  const seen = await answer(node.GET('/api/session')).catch(() => undefined);
  if (seen && current.stage === 'signed_in' && seen.user.id === current.session.user.id) current = { stage: 'signed_in', session: seen };
}

export async function signIn(login: string, password: string): Promise<void> {
  enter(await answer(node.POST('/api/session', { body: { login, password } })));
}

export async function switchByPin(userId: string, pin: string): Promise<void> {
  enter(await answer(node.POST('/api/session/pin', { body: { user_id: userId, pin } })));
}

export async function setPin(password: string, pin: string): Promise<void> {
  await node.PUT('/api/session/pin', { body: { password, pin } });
  if (current.stage === 'signed_in') {
    current = { stage: 'signed_in', session: { ...current.session, user: { ...current.session.user, has_pin: true } } };
  }
}

export async function switchableUsers(): Promise<SwitchableUser[]> {
  return (await answer(node.GET('/api/users/switchable'))).items;
}

export async function signOut(): Promise<void> {
  drafts().clear();
  try {
    await node.DELETE('/api/session');
  } finally {
    leave();
  }
}
