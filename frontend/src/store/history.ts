/** The steps of this tab for undo and redo: the inquiry as it was, and the step's line for the record. Nothing is saved here. */
import { batch, computed, signal } from "@preact/signals";
import type { Inquiry } from "../types.ts";
import { inquiry } from "./signals.ts";

export const MOST_STEPS = 200;
/** Steps with the same key that follow each other within this time are one step back. */
export const TOGETHER_MS = 1000;

interface Step {
  inquiry: Inquiry;
  said: string;
}
const past = signal<readonly Step[]>([]);
const future = signal<readonly Step[]>([]);
export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

let lastKey: { key: string; at_ms: number } | null = null;

/** Changes the inquiry and remembers the step. Returns whether anything changed. */
export function takeStep(said: string, change: (now: Inquiry) => Inquiry, mergeKey: string | null): boolean {
  const before = inquiry.value;
  const after = change(before);
  if (after === before) return false;
  const now_ms = performance.now();
  const together = mergeKey !== null && lastKey?.key === mergeKey && now_ms - lastKey.at_ms < TOGETHER_MS;
  lastKey = mergeKey === null ? null : { key: mergeKey, at_ms: now_ms };
  batch(() => {
    if (!together) past.value = [...past.value, { inquiry: before, said }].slice(-MOST_STEPS);
    future.value = [];
    inquiry.value = after;
  });
  return true;
}

/** Puts the inquiry back to the last step of `from`. Returns that step's line, or null where there is none. */
function travel(from: typeof past, to: typeof past): string | null {
  const step = from.value.at(-1);
  if (step === undefined) return null;
  lastKey = null;
  batch(() => {
    to.value = [...to.value, { inquiry: inquiry.value, said: step.said }];
    from.value = from.value.slice(0, -1);
    inquiry.value = step.inquiry;
  });
  return step.said;
}
export const stepBack = (): string | null => travel(past, future);
export const stepForward = (): string | null => travel(future, past);

/** What another tab did stands in every step too: an undo here takes back nothing of it. */
export function rebase(onto: (was: Inquiry) => Inquiry): void {
  const moved = (step: Step): Step => ({ ...step, inquiry: onto(step.inquiry) });
  batch(() => {
    past.value = past.value.map(moved);
    future.value = future.value.map(moved);
  });
}

export function clearHistory(): void {
  lastKey = null;
  batch(() => {
    past.value = [];
    future.value = [];
  });
}
