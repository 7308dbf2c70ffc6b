/** The order in which the items stand: by event, then by time; what is neither picture nor clip comes last. */
import type { Inquiry, Item, Sha256 } from "../types.ts";
import { placed } from "../shell/event_items.ts";

/** The items in the order of the list. Those that nobody timed, or put into an event, follow those that somebody did; equal ones stay in the order in which they were added. */
export function inOrder(items: readonly Item[], events: readonly { items: readonly Sha256[] }[], frames: Inquiry["frames"]): Item[] {
  const eventOf = new Map<Sha256, number>();
  events.forEach((one, at) => one.items.forEach((sha) => { if (!eventOf.has(sha)) eventOf.set(sha, at); }));
  const timed = new Set(Object.values(frames).map((frame) => frame.item));
  const rows = items.map((item) => ({
    item,
    paper: item.kind === "other" ? 1 : 0,
    event: eventOf.get(item.sha256) ?? events.length,
    from: (timed.has(item.sha256) ? placed(item, frames).from : null) ?? Infinity,
  }));
  return rows.sort((a, b) => a.paper - b.paper || a.event - b.event || (a.from === b.from ? 0 : a.from - b.from)).map(({ item }) => item);
}
