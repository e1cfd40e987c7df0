/** Telephone and document numbers as they are printed. */

/** `+5511987654321` as `+55 11 98765-4321`; other countries in groups, unknown shapes untouched. */
export function formatPhone(number: string): string {
  const brazil = /^\+55(\d{2})(\d{4,5})(\d{4})$/.exec(number);
  if (brazil) return `+55 ${brazil[1]} ${brazil[2]}-${brazil[3]}`;
  const america = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return america ? `+1 ${america[1]} ${america[2]}-${america[3]}` : number;
}

/** Document numbers with the mask their kind is printed with. */
export function formatDocument(kind: string, value: string): string {
  const groups: Record<string, [RegExp, string]> = {
    cpf: [/^(\d{3})(\d{3})(\d{3})(\d{2})$/, '$1.$2.$3-$4'],
    cns: [/^(\d{3})(\d{4})(\d{4})(\d{4})$/, '$1 $2 $3 $4'],
    ssn: [/^(\d{3})(\d{2})(\d{4})$/, '$1-$2-$3'],
  };
  const [pattern, mask] = groups[kind] ?? [];
  return pattern && mask ? value.replace(pattern, mask) : value;
}
