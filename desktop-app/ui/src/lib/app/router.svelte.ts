/** Where the screen is: the path behind `#`, so that a site works under any prefix and inside a desktop shell. */
let path = $state(read());

function read(): string {
  return decodeURI(globalThis.location?.hash.slice(1) || '/');
}

globalThis.addEventListener?.('hashchange', () => (path = read()));

export function currentPath(): string {
  return path;
}

export function go(to: string, options: { replace?: boolean } = {}): void {
  if (options.replace) {
    history.replaceState(null, '', `#${to}`);
    path = read();
  } else {
    location.hash = to;
    path = read();
  }
}

/** Matches `/patients/:id/:tab`; a trailing `?` makes a part optional. */
export function matchPath(pattern: string, actual: string): Record<string, string> | undefined {
  const wanted = pattern.split('/').filter(Boolean);
  const given = actual.split('?')[0]?.split('/').filter(Boolean) ?? [];
  if (given.length > wanted.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index];
    if (part.startsWith(':')) {
      if (value === undefined && !part.endsWith('?')) return undefined;
      if (value !== undefined) found[part.slice(1).replace('?', '')] = value;
    } else if (part !== value) return undefined;
  }
  return found;
}
