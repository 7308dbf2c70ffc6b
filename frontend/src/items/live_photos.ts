/** Halves of Live Photos: a photo and a film of one press of the shutter, by the identifier that both state. It pairs two files, never people. */
import { effect, signal } from "@preact/signals";
import { forgotten } from "../store/signals.ts";
import type { Item, Json } from "../types.ts";

export interface Half {
  identifier: string;
  half: "photo" | "film";
}

/** By item, as far as the items were read. */
export const halves = signal<Record<string, Half>>({});
effect(() => {
  if (forgotten.value > 0) halves.value = {};
});

const MOST_OF_ONE_NAME = 4;

/** What the answer of `noonmark probe` says of a half; null where the file is none. */
export function halfOf(probe: { [field: string]: Json }): Half | null {
  return (probe["live_photo"] ?? null) as unknown as Half | null;
}

/** The item that is the other half of the same shot. */
export function otherHalf(sha: string, known: Record<string, Half>): string | null {
  const own = known[sha];
  const found = Object.entries(known).find(([, half]) => half.identifier === own?.identifier && half.half !== own.half);
  return found?.[0] ?? null;
}

const stem = (name: string): string => name.slice(name.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "").toLowerCase();

/** Items that have the name of another but for the ending, as telephones name the two halves. */
export function ofOneName(item: Item, all: readonly Item[]): Item[] {
  return all.filter((other) => other.sha256 !== item.sha256 && other.kind !== "other" && other.kind !== item.kind && stem(other.name) === stem(item.name)).slice(0, MOST_OF_ONE_NAME);
}

/** Keep what was read of an item, and look for its other half among the items of one name with it. */
export async function note(item: Item, all: readonly Item[], probe: { [field: string]: Json }, read: (sha: string) => Promise<{ [field: string]: Json }>): Promise<void> {
  const own = halfOf(probe);
  if (own === null) return;
  halves.value = { ...halves.peek(), [item.sha256]: own };
  for (const other of ofOneName(item, all)) {
    if (otherHalf(item.sha256, halves.peek()) !== null) return;
    const found = halfOf(await read(other.sha256));
    if (found !== null) halves.value = { ...halves.peek(), [other.sha256]: found };
  }
}
