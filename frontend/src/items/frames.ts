/** The frames of clips and their times, asked for once each. */
import { effect, signal } from "@preact/signals";
import { api, Refused } from "../api.ts";
import { fail } from "../store/notices.ts";
import { forgotten } from "../store/signals.ts";
import { waitedFor } from "./looking.ts";
import type { FrameList } from "../types.ts";

export const frameLists = signal<Record<string, FrameList>>({});
/** Clips whose frames could not be listed. */
export const unread = signal<Record<string, boolean>>({});
const asked = new Set<string>();
effect(() => {
  void forgotten.value;
  asked.clear();
  frameLists.value = {};
  unread.value = {};
});

export function needFrames(sha: string): void {
  if (asked.has(sha)) return;
  asked.add(sha);
  waitedFor(api.frames(sha))
    .then((list) => {
      frameLists.value = { ...frameLists.value, [sha]: list };
    })
    .catch((error: unknown) => {
      asked.delete(sha);
      // Why a file can't be read stands where its picture would: once is enough.
      if (error instanceof Refused && error.code !== "gone") unread.value = { ...unread.value, [sha]: true };
      else fail(error);
    });
}

/** The frame whose own time is nearest to a wanted one. */
export function nearest(times: readonly (number | null)[], wanted: number): number {
  let best = 0;
  const away = (index: number): number => Math.abs((times[index] ?? 0) - wanted);
  for (const index of times.keys()) if (away(index) < away(best)) best = index;
  return best;
}
