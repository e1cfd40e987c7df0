/** Days that a person chose, as instants: the first moment of the first day, and the first moment after the last. */

const day = /^(\d{4})-(\d{2})-(\d{2})$/;

function midnight(text: string, later: number): string | undefined {
  const match = day.exec(text);
  if (!match) return undefined;
  const date = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + later);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

export const periodOf = (from: string, to: string) => ({ from: midnight(from, 0), to: midnight(to, 1) });
