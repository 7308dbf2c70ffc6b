/** The verbs that change the inquiry. Each step is remembered for undo and saved; the exact answer follows by itself (answer.ts). */
import type { Inquiry } from "../types.ts";
import { saveInquiry } from "./autosave.ts";
import { stepBack, stepForward, takeStep } from "./history.ts";

/**
 * Changes the inquiry. `said` is the line for the record. Steps with the same `mergeKey` within a second are one step back: a mark
 * nudged ten times is undone at once.
 */
export function edit(said: string, change: (now: Inquiry) => Inquiry, mergeKey: string | null = null): void {
  if (takeStep(said, change, mergeKey)) saveInquiry(said);
}

export function undo(): void {
  const said = stepBack();
  if (said !== null) saveInquiry(`undid: ${said}`);
}

export function redo(): void {
  const said = stepForward();
  if (said !== null) saveInquiry(`did again: ${said}`);
}
