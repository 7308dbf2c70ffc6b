/** Two tabs, one case: what both said since they last agreed, put together. */
import { stable } from "../stable.ts";
import type { Inquiry } from "../types.ts";

const same = (a: unknown, b: unknown): boolean => stable(a) === stable(b);

/** One value, three ways: who changed it wins; `clash` is told when both did, and mine stays. */
function pick<T>(base: T, mine: T, theirs: T, clash: () => void): T {
  if (same(mine, theirs) || same(base, theirs)) return mine;
  if (same(base, mine)) return theirs;
  clash();
  return mine;
}

function table<T>(base: Record<string, T>, mine: Record<string, T>, theirs: Record<string, T>, clash: () => void): Record<string, T> {
  const merged: Record<string, T> = {};
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const value = pick<T | undefined>(base[key], mine[key], theirs[key], clash);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function list<T extends { id: string }>(base: T[], mine: T[], theirs: T[], clash: () => void): T[] {
  const byId = (items: T[]): Record<string, T> => Object.fromEntries(items.map((item) => [item.id, item]));
  return Object.values(table(byId(base), byId(mine), byId(theirs), clash));
}

export function merge(base: Inquiry, mine: Inquiry, theirs: Inquiry): { inquiry: Inquiry; clashes: number } {
  let clashes = 0;
  const clash = (): void => {
    clashes += 1;
  };
  const inquiry: Inquiry = {
    version: 1,
    prior: table<unknown>({ ...base.prior }, { ...mine.prior }, { ...theirs.prior }, clash),
    clues: list(base.clues, mine.clues, theirs.clues, clash),
    frames: table(base.frames, mine.frames, theirs.frames, clash),
    pins: list(base.pins, mine.pins, theirs.pins, clash),
    layers: list(base.layers, mine.layers, theirs.layers, clash),
    notes: pick(base.notes, mine.notes, theirs.notes, clash),
  };
  return { inquiry, clashes };
}
