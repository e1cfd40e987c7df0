/** The rows that a person looks at: filtered at the node, page by page. */
import { answer } from '$lib/api/answer';
import { node } from '$lib/api/node';
import { ProblemError } from '$lib/api/problem';
import type { AuditRow, Named } from '$lib/api/types';
import { problemText } from '$lib/app/problems';
import { periodOf } from './period';

export interface Filter {
  patient: string;
  user: string;
  action: string;
  /** Days, `2026-03-01`; the last one belongs to it. */
  from: string;
  to: string;
}

export const noFilter: Filter = { patient: '', user: '', action: '', from: '', to: '' };

const pageRows = 100;
/** A page may be empty while another follows: this often is one asked for before the person is. */
const emptyPagesMax = 20;
/** Longer exports come in parts, by period. */
export const exportRowsMax = 100_000;

function readPage(filter: Filter, cursor: string | undefined, leaving = false) {
  const { patient, user, action } = filter;
  const query = { patient: patient || undefined, user: user || undefined, action: action || undefined, ...periodOf(filter.from, filter.to) };
  return answer(node.GET('/api/audit', { params: { query: { ...query, cursor, limit: pageRows, export: leaving || undefined } } }));
}

export class Trail {
  rows = $state.raw<AuditRow[]>();
  next = $state<string>();
  trouble = $state('');
  forbidden = $state(false);
  people = $state.raw<Named[]>([]);
  private asked = 0;

  async load(filter: Filter, more = false): Promise<void> {
    const mine = ++this.asked;
    try {
      let cursor = more ? this.next : undefined;
      const found: AuditRow[] = [];
      for (let pages = 0; pages < emptyPagesMax; pages += 1) {
        const page = await readPage(filter, cursor);
        if (mine !== this.asked) return;
        found.push(...page.items);
        cursor = page.next_cursor ?? undefined;
        if (found.length > 0 || !cursor) break;
      }
      this.rows = more ? [...(this.rows ?? []), ...found] : found;
      this.next = cursor;
      this.trouble = '';
    } catch (error) {
      if (mine !== this.asked) return;
      this.forbidden = error instanceof ProblemError && error.code === 'forbidden';
      this.trouble = problemText(error);
    }
  }

  async loadPeople(): Promise<void> {
    this.people = (await answer(node.GET('/api/audit/people')).catch(() => undefined))?.items ?? [];
  }
}

/** All rows that pass; tells how many there are so far, and ends when it is told to. */
export async function collect(filter: Filter, told: (rows: number) => void, signal: AbortSignal): Promise<AuditRow[] | undefined> {
  const rows: AuditRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await patiently(() => readPage(filter, cursor, true), signal);
    if (signal.aborted || !page) return undefined;
    rows.push(...page.items);
    cursor = page.next_cursor ?? undefined;
    told(rows.length);
  } while (cursor && rows.length < exportRowsMax);
  return rows;
}

/** Waits where the node asks for it. */
async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof ProblemError) || error.code !== 'rate_limited') throw error;
      await new Promise((wake) => setTimeout(wake, (error.retryAfterS ?? 1) * 1000));
    }
  }
}
