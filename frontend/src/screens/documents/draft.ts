/** What is typed and not sent yet: kept for this tab, by case, until it was sent; a reload or a dead server loses nothing. */
import { signal, type Signal } from "@preact/signals";
import { caseState } from "../../store/signals.ts";

const place = (key: string): string => `noonmark-draft ${caseState.peek()?.path ?? ""} ${key}`;

export interface Draft<T> {
  value: Signal<T>;
  put: (value: T) => void;
  clear: () => void;
}

/** The draft under a key, or `empty` where there is none. */
export function draft<T>(key: string, empty: T): Draft<T> {
  const at = place(key);
  const kept = sessionStorage.getItem(at);
  const value = signal<T>(kept === null ? empty : (JSON.parse(kept) as T));
  const put = (next: T): void => {
    value.value = next;
    sessionStorage.setItem(at, JSON.stringify(next));
  };
  const clear = (): void => {
    value.value = empty;
    sessionStorage.removeItem(at);
  };
  return { value, put, clear };
}
