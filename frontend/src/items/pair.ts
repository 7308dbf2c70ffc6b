/** The clip that lies beside the one on the stage: one clock for both, and how far the other is ahead on it. */
import { signal } from "@preact/signals";
import { forgotten } from "../store/signals.ts";

export interface Pair {
  item: string;
  /** What is added to the time of the clip on the stage [s] to get that of this one. */
  offset_s: number;
}
export const pair = signal<Pair | null>(null);
forgotten.subscribe(() => {
  pair.value = null;
});

const nameOf = (a: string, b: string): string => `noonmark-pair ${a.slice(0, 16)} ${b.slice(0, 16)}`;

/** Lays a clip beside another, as far ahead as it was left in this tab. */
export function layBeside(item: string, other: string): void {
  const kept = Number(sessionStorage.getItem(nameOf(item, other)));
  pair.value = { item: other, offset_s: Number.isFinite(kept) ? kept : 0 };
}

export function setOffset(item: string, offset_s: number): void {
  const now = pair.peek();
  if (now === null) return;
  const rounded = Math.round(offset_s * 1e6) / 1e6;
  sessionStorage.setItem(nameOf(item, now.item), String(rounded));
  pair.value = { ...now, offset_s: rounded };
}
