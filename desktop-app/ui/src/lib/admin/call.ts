import { guardedFetch } from '$lib/api/call';
export interface CallOptions { body?: unknown }
export async function call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, options: CallOptions = {}): Promise<T> {
  const headers: Record<string, string> = options.body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await guardedFetch(new Request(path, { method, headers, body: options.body === undefined ? undefined : JSON.stringify(options.body), credentials: 'same-origin' }));
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}
