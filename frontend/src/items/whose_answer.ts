/** Whose answer is on the page: that of the pictures its clues come from. Footage of another event never shows it as its own. */

/** The items that clues come from: marked on their frames, or added while they were on screen. */
export function itemsOf(clues: readonly { frame?: string; picture?: string }[]): Set<string> {
  return new Set(clues.flatMap(({ frame, picture }) => (frame ?? picture ?? "").split(":").slice(0, 1)).filter((sha) => sha !== ""));
}

/** "own": the item has a part in the answer, or nothing says that it has not; "none": it has none; "other": it, or the event looked at, is another event's. */
export type Whose = "own" | "none" | "other";

export function whose(item: string | null, looked: string | null, of: ReadonlySet<string>, events: readonly { id: string; items: readonly string[] }[]): Whose {
  if (of.size === 0) return "own";
  const eventsOf = (sha: string): string[] => events.filter((one) => one.items.includes(sha)).map((one) => one.id);
  const answered = new Set([...of].flatMap(eventsOf));
  if (answered.size > 0 && looked !== null && !answered.has(looked)) return "other";
  if (item === null || of.has(item)) return "own";
  const own = eventsOf(item);
  return answered.size > 0 && own.length > 0 && !own.some((id) => answered.has(id)) ? "other" : "none";
}
