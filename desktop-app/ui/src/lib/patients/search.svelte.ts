/** The search of the desk: as you type, newest answer wins, the list keeps its place while it is refreshed. */
import { onLive } from '$lib/api/live';
import { problemText } from '$lib/app/problems';
import type { PatientSummary } from '$lib/api/types';
import { findPatients, pageSize } from './calls';

class Search {
  query = $state('');
  items = $state.raw<PatientSummary[]>([]);
  /** The query that `items` answers: what is marked in them. */
  answered = $state('');
  total = $state<number>();
  nextCursor = $state<string>();
  trouble = $state('');
  /** Whether an answer has come at all. */
  loaded = $state(false);
  /** Counts the files that arrived for a patient: a face that was still on its way is asked for again. */
  arrived = $state<Record<string, number>>({});
  private abort: AbortController | undefined;

  async run(): Promise<void> {
    this.abort?.abort();
    const abort = (this.abort = new AbortController());
    const query = this.query;
    try {
      const page = await findPatients(query, undefined, abort.signal);
      if (abort.signal.aborted) return;
      this.items = page.items;
      this.total = page.total ?? undefined;
      this.nextCursor = page.next_cursor ?? undefined;
      this.answered = query;
      this.trouble = '';
      this.loaded = true;
    } catch (error) {
      if (!abort.signal.aborted) this.trouble = problemText(error);
    }
  }

  /** Asks again after something changed elsewhere; what was scrolled to stays there. */
  async refresh(): Promise<void> {
    if (this.items.length <= pageSize) return this.run();
    const query = this.answered;
    const page = await findPatients(query).catch(() => undefined);
    if (!page || query !== this.answered) return;
    const fresh = new Set(page.items.map((item) => item.id));
    this.items = [...page.items, ...this.items.slice(pageSize).filter((item) => !fresh.has(item.id))];
  }

  async more(): Promise<void> {
    const cursor = this.nextCursor;
    if (!cursor) return;
    this.nextCursor = undefined;
    try {
      const page = await findPatients(this.answered, cursor);
      this.items = [...this.items, ...page.items];
      this.nextCursor = page.next_cursor ?? undefined;
    } catch (error) {
      this.nextCursor = cursor;
      this.trouble = problemText(error);
    }
  }

  /** Where a line's face is shown from; undefined for who has none, or none for this person's eyes. */
  face(item: PatientSummary): string | undefined {
    const again = this.arrived[item.id];
    return item.photo ? `/api/patients/${item.id}/photo?of=${item.photo}${again ? `&again=${again}` : ''}` : undefined;
  }

  forget(): void {
    this.abort?.abort();
    Object.assign(this, { query: '', items: [], answered: '', total: undefined, nextCursor: undefined, trouble: '', loaded: false, arrived: {} });
  }
}

export const search = new Search();

const refreshDelayMs = 400;

/** Refreshes the list shortly after records changed elsewhere; the answer stops it. */
export function watchSearch(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void search.refresh(), refreshDelayMs);
  };
  const came = (event: Record<string, unknown>) => {
    const id = String(event['patient_id']);
    if (search.items.some((item) => item.id === id)) search.arrived[id] = (search.arrived[id] ?? 0) + 1;
  };
  const stops = [onLive('patient.changed', soon), onLive('attachment.changed', came), onLive('resync', soon)];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}
