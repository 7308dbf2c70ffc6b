/** Every key of the page, once: the screens ask here what a key means, and every list of keys is drawn from here. */

export interface KeyRow {
  /** What it does; its words are `keys.PART.DOES`. */
  readonly does: string;
  /** As an event names them in `key`; a modifier stands before with a plus. */
  readonly keys: readonly string[];
}

export const KEY_TABLE = {
  everywhere: [
    { does: "search", keys: ["Ctrl+K"] }, { does: "part", keys: ["F6"] }, { does: "screen", keys: ["Alt+1", "…", "Alt+8"] }, { does: "side", keys: ["Alt+0"] },
    { does: "event", keys: ["[", "]"] }, { does: "undo", keys: ["Ctrl+Z"] }, { does: "redo", keys: ["Ctrl+Y"] }, { does: "back", keys: ["Escape"] }, { does: "help", keys: ["?"] },
  ],
  footage: [
    { does: "ninths", keys: ["g"] }, { does: "role", keys: ["1", "2", "3"] }, { does: "set", keys: ["Enter"] }, { does: "pixel", keys: ["ArrowLeft"] },
    { does: "tenth", keys: ["Shift+ArrowLeft"] }, { does: "ten", keys: ["Alt+ArrowLeft"] }, { does: "far", keys: ["Ctrl+ArrowLeft"] }, { does: "sure", keys: ["[", "]"] },
    { does: "remove", keys: ["Delete"] }, { does: "zoom", keys: ["+", "-", "0"] }, { does: "centre", keys: ["z"] }, { does: "large", keys: ["f"] },
    { does: "frame", keys: [",", "."] }, { does: "play", keys: [" "] },
  ],
  places: [{ does: "candidate", keys: ["ArrowUp", "ArrowDown"] }, { does: "skyline", keys: ["s"] }, { does: "rule", keys: ["x"] }],
  sites: [
    { does: "seen", keys: ["1"] }, { does: "not-seen", keys: ["2"] }, { does: "could-not", keys: ["3"] }, { does: "image", keys: ["ArrowLeft", "ArrowRight"] },
    { does: "feature", keys: ["ArrowUp", "ArrowDown"] }, { does: "next", keys: ["n"] }, { does: "blink", keys: [" "] },
  ],
  documents: [{ does: "line", keys: ["ArrowUp", "ArrowDown"] }, { does: "quote", keys: ["q"] }, { does: "translation", keys: ["t"] }, { does: "find", keys: ["/"] }],
  lists: [{ does: "pair", keys: ["ArrowUp", "ArrowDown"] }, { does: "decide", keys: ["1", "2", "3", "4"] }, { does: "next", keys: ["n"] }],
  accounts: [{ does: "play", keys: [" "] }, { does: "sentence", keys: ["k", "j"] }, { does: "code", keys: ["w"] }, { does: "hide", keys: ["h"] }],
  claims: [{ does: "claim", keys: ["ArrowUp", "ArrowDown"] }, { does: "evidence", keys: ["ArrowLeft", "ArrowRight"] }, { does: "why", keys: ["Enter"] }, { does: "against", keys: ["a"] }],
} as const satisfies Record<string, readonly KeyRow[]>;

export type KeyPart = keyof typeof KEY_TABLE;
type Does<P extends KeyPart> = (typeof KEY_TABLE)[P][number]["does"];

/** Whether a modifier is held, Shift aside, or an input method composes: then a key is not the page's. */
export const modified = (event: KeyboardEvent): boolean => event.ctrlKey || event.metaKey || event.altKey || event.isComposing;

/** What a key without modifiers means in a part, and which of its keys it was; null: nothing. */
export function meant<P extends KeyPart>(part: P, event: KeyboardEvent): { does: Does<P>; at: number } | null {
  if (modified(event)) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  for (const row of KEY_TABLE[part] as readonly KeyRow[]) {
    const at = row.keys.indexOf(key);
    if (at >= 0) return { does: row.does as Does<P>, at };
  }
  return null;
}
