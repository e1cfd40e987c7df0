/** The keyboard: what each key does at the moment. The help page shows the same list that is acted on. */
import { untrack } from 'svelte';

export interface KeyBinding {
  /** `n`, `/`, `?`, `mod+k` (Ctrl or Cmd), `mod+enter`, `Escape`, `ArrowDown`, `alt+1`. */
  keys: string;
  /** Text key of what it does; bindings without one are not listed. */
  label?: string;
  /** Also while somebody types. Keys with `mod` always are. */
  whileTyping?: boolean;
  run: (event: KeyboardEvent) => void;
}

let layers = $state.raw<KeyBinding[][]>([]);

/** Listens until the answer is called; the newest layer is asked first. */
export function bindKeys(bindings: KeyBinding[]): () => void {
  // Binding happens in effects, which must not depend on the list they write.
  untrack(() => (layers = [...layers, bindings]));
  return () => untrack(() => (layers = layers.filter((layer) => layer !== bindings)));
}

export function listedKeys(): KeyBinding[] {
  return layers.flat().filter((binding) => binding.label !== undefined);
}

/** The name of a pressed key as bindings write it. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const modifiers = [event.ctrlKey || event.metaKey ? 'mod+' : '', event.altKey ? 'alt+' : ''].join('');
  return modifiers + (modifiers ? key.toLowerCase() : key);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (document.querySelector('dialog[open]') && event.target instanceof Element && event.target.closest('dialog')) return;
  const name = keyName(event);
  const typing = isTyping(event.target);
  for (const layer of [...layers].reverse()) {
    const binding = layer.find((one) => one.keys === name && (!typing || one.whileTyping || name.startsWith('mod+')));
    if (binding) {
      event.preventDefault();
      binding.run(event);
      return;
    }
  }
}
