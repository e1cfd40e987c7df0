/** What can go wrong with a request, as one type: the problem+json of the API, or no answer at all. */
import type { DuplicateCandidate, ErrorCode, FieldProblem, Problem } from './types';

export type ProblemCode = ErrorCode | 'unreachable';

export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly fields: FieldProblem[];
  readonly duplicates: DuplicateCandidate[];
  readonly retryAfterS: number | undefined;
  readonly offset: number | undefined;
  readonly correlationId: string | undefined;

  constructor(problem: Omit<Partial<Problem>, 'code'> & { code: ProblemCode }) {
    super(problem.code);
    this.code = problem.code;
    this.status = problem.status ?? 0;
    this.fields = problem.fields ?? [];
    this.duplicates = problem.duplicates ?? [];
    this.retryAfterS = problem.retry_after_s ?? undefined;
    this.offset = problem.offset ?? undefined;
    this.correlationId = problem.correlation_id;
  }
}

/** The problem a refused answer carries; by status where the body is not ours (a proxy's page). */
export async function readProblem(response: Response): Promise<ProblemError> {
  const body: unknown = await response.json().catch(() => undefined);
  if (body && typeof body === 'object' && 'code' in body) return new ProblemError(body as Problem);
  return new ProblemError({ code: codeOf(response.status), status: response.status });
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 413) return 'payload_too_large';
  if (status === 429) return 'rate_limited';
  return status === 503 ? 'not_ready' : status === 504 ? 'timeout' : 'internal';
}
