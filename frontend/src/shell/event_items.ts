/** The footage of an event on one clock: when each item was taken, as far as somebody said so on one of its frames. */
import type { Inquiry, Item } from "../types.ts";

export interface ItemOnClock {
  item: Item;
  /** Milliseconds; null where no frame of it has a time. A photo ends when it begins. */
  from: number | null;
  to: number | null;
}

/** The event's items in the order of their times; those without one come last, in the event's own order. */
export function onOneClock(names: readonly string[], items: readonly Item[], frames: Inquiry["frames"]): ItemOnClock[] {
  const rows = names.flatMap((sha) => {
    const item = items.find((one) => one.sha256 === sha);
    return item === undefined ? [] : [placed(item, frames)];
  });
  return rows.sort((a, b) => (a.from ?? Infinity) - (b.from ?? Infinity) || 0);
}

/** When an item was taken, by the frame nearest to its start that somebody timed. */
export function placed(item: Item, frames: Inquiry["frames"]): ItemOnClock {
  const timed = Object.values(frames).filter((frame) => frame.item === item.sha256 && typeof frame.marks.scene?.at === "string");
  // The frame nearest to the clip's start says best when it began.
  const [first] = timed.sort((a, b) => a.number - b.number);
  const at = first === undefined ? NaN : Date.parse(first.marks.scene?.at ?? "");
  if (first === undefined || Number.isNaN(at)) return { item, from: null, to: null };
  const from = at - (first.time_s ?? 0) * 1000;
  return { item, from, to: from + (item.duration_s ?? 0) * 1000 };
}
