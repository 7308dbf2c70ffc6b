/**
 * What was typed and is not saved yet, kept in this browser by case until it is: a tab that is closed, or a machine that stops, loses
 * nothing of it. What is saved, or dropped by the user, is gone from here at once.
 */
import type { Inquiry } from "../types.ts";

export interface TypedDraft {
  /** What this tab and the server last agreed on. */
  agreed: { revision: number; inquiry: Inquiry };
  inquiry: Inquiry;
  lines: string[];
}
interface Kept extends TypedDraft {
  at: number;
}

const PREFIX = "noonmark-draft";
const TAB_KEY = "noonmark-tab";
/** A tab that still runs saves sooner; a draft older than this was left behind. */
const LEFT_MS = 10_000;

let tab = "";
function ownTab(): string {
  if (tab === "") tab = sessionStorage.getItem(TAB_KEY) ?? crypto.randomUUID();
  sessionStorage.setItem(TAB_KEY, tab);
  return tab;
}
const stem = (path: string): string => `${PREFIX} ${path} `;

export function keepDraft(path: string, draft: TypedDraft): void {
  try {
    localStorage.setItem(stem(path) + ownTab(), JSON.stringify({ ...draft, at: Date.now() }));
  } catch {
    // No room, or none allowed: the tab itself still holds it.
  }
}

export function dropDraft(path: string): void {
  localStorage.removeItem(stem(path) + ownTab());
}

/** Takes the drafts of a case: this tab's own, and those that other tabs left behind. */
export function takeDrafts(path: string): TypedDraft[] {
  const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? "").filter((key) => key.startsWith(stem(path)));
  return keys.flatMap((key) => {
    const draft = parsed(localStorage.getItem(key));
    const mine = key === stem(path) + ownTab();
    if (draft !== null && !mine && Date.now() - draft.at < LEFT_MS) return [];
    localStorage.removeItem(key);
    return draft === null ? [] : [draft];
  });
}

function parsed(text: string | null): Kept | null {
  try {
    const found = JSON.parse(text ?? "null") as Kept | null;
    return found !== null && typeof found.at === "number" && Array.isArray(found.lines) && typeof found.agreed?.revision === "number" ? found : null;
  } catch {
    return null;
  }
}
