/**
 * What was typed and not saved yet. It survives a reload and a crash of the page, belongs to one user, and never
 * reaches the disk unencrypted for longer than the tab lives: session storage, cleared when its user signs out.
 */
const prefix = 'posto.draft.';

/** Only what a draft needs of the browser's storage, so that tests can pass a map. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export class Drafts {
  constructor(
    private readonly userId: string,
    private readonly storage: DraftStorage = sessionStorage,
  ) {}

  private name(key: string): string {
    return `${prefix}${this.userId}.${key}`;
  }

  read<T>(key: string): T | undefined {
    const text = this.storage.getItem(this.name(key));
    if (text === null) return undefined;
    try {
      return JSON.parse(text) as T;
    } catch {
      this.remove(key);
      return undefined;
    }
  }

  write(key: string, value: unknown): void {
    this.storage.setItem(this.name(key), JSON.stringify(value));
  }

  remove(key: string): void {
    this.storage.removeItem(this.name(key));
  }

  /** Forgets all of this user's drafts. */
  clear(): void {
    const names = Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index));
    for (const name of names) if (name?.startsWith(this.name(''))) this.storage.removeItem(name);
  }
}
