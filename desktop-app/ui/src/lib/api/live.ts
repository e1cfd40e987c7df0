/** Live events of the server: something changed, whoever shows it fetches it again. */
export type LiveName = 'patient.changed' | 'attachment.changed' | 'conflict.changed' | 'sync.changed' | 'session.changed' | 'resync';
type Handler = (data: Record<string, unknown>) => void;

const names: LiveName[] = ['patient.changed', 'attachment.changed', 'conflict.changed', 'sync.changed', 'session.changed', 'resync'];
const handlers = new Map<LiveName, Set<Handler>>();
let source: EventSource | undefined;

/** Calls `handler` on every such event; the answer stops it. */
export function onLive(name: LiveName, handler: Handler): () => void {
  const set = handlers.get(name) ?? new Set();
  handlers.set(name, set.add(handler));
  return () => set.delete(handler);
}

function emit(name: LiveName, data: Record<string, unknown>): void {
  for (const handler of handlers.get(name) ?? []) handler(data);
}

/** Opens the stream. A break is repaired by the browser; what was missed is fetched again then. */
export function startLive(url = '/api/events'): void {
  source?.close();
  source = new EventSource(url);
  let opened = false;
  source.onopen = () => {
    if (opened) emit('resync', {});
    opened = true;
  };
  for (const name of names) {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      try {
        emit(name, JSON.parse(event.data) as Record<string, unknown>);
      } catch {
        emit(name, {});
      }
    });
  }
}

export function stopLive(): void {
  source?.close();
  source = undefined;
}
