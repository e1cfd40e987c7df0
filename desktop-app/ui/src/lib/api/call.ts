/** One request to the server this page came from: session cookie, CSRF token, problems as errors. */
import { ProblemError, readProblem } from './problem';

/** After this a request counts as lost; the servers answer or refuse long before. */
const timeoutMs = 30_000;

let csrfToken = '';
let onSignedOut: () => void = () => {};

/** The token of the session; sent with every write. */
export function useCsrfToken(token: string): void {
  csrfToken = token;
}

/** Called when a request finds that nobody is signed in any more. */
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback;
}

export const csrfHeader = () => ({ 'x-posto-csrf': csrfToken });

/** `fetch` that adds the token and turns refusals into `ProblemError`. */
export async function guardedFetch(request: Request): Promise<Response> {
  if (request.method !== 'GET') request.headers.set('x-posto-csrf', csrfToken);
  let response: Response;
  try {
    response = await fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]) });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    if (error instanceof DOMException && error.name === 'TimeoutError') throw new ProblemError({ code: 'timeout' });
    throw new ProblemError({ code: 'unreachable' });
  }
  if (response.ok || response.status === 304) return response;
  const problem = await readProblem(response);
  if (problem.code === 'unauthenticated') onSignedOut();
  throw problem;
}
