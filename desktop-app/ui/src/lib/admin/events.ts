/** The server's live events: any of them means that something the console shows has changed. */
export function watchServer(changed: () => void): () => void {
  const source = new EventSource('/api/events');
  source.onmessage = changed;
  for (const name of ['changed', 'resync']) source.addEventListener(name, changed);
  return () => source.close();
}
