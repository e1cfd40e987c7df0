/** What a typed client's call comes to. */

/** The body of an answer; a refusal was thrown before it came this far. */
export async function answer<T>(request: Promise<{ data?: T }>): Promise<T> {
  return (await request).data as T;
}
