/** When a clue added by hand was: at the moment of the picture on screen, as far as that is known. */
import type { Clue, FrameKey, Inquiry, KeptClue, Marks } from "../types.ts";

/** Kinds that hold at any time, or say a time of their own. */
const TIMELESS: ReadonlySet<string> = new Set(["window", "area", "places", "candidates", "shadow_track"]);
const FIELDS = ["at", "at_sigma_s", "offset_s"] as const;

/** The moment of a frame as a clue says it: its time, or how far it lies from its clip's start; empty where neither is known. */
export function momentOf(now: Inquiry, key: FrameKey): Partial<Clue> {
  const frame = now.frames[key];
  const { at, at_sigma_s, offset_s } = (frame?.marks.scene ?? {}) as NonNullable<Marks["scene"]>;
  if (typeof at === "string") return { at, ...(typeof at_sigma_s === "number" ? { at_sigma_s } : {}) };
  const offset = typeof offset_s === "number" ? offset_s : (frame?.time_s ?? null);
  return offset === null ? {} : { offset_s: offset };
}

/** The clue at the moment of its picture. What somebody typed as its time themselves stays. */
export function withMoment(kept: KeptClue, now: Inquiry): KeptClue {
  const { picture, clue } = kept;
  if (picture === undefined || TIMELESS.has(clue.kind)) return kept;
  const moment = momentOf(now, picture);
  const same = FIELDS.every((field) => clue[field] === moment[field]);
  if (same) return kept;
  const bare = { ...clue };
  for (const field of FIELDS) delete bare[field];
  return { ...kept, clue: { ...bare, ...moment } as Clue };
}

/** The inquiry with each clue that was added to a picture at that picture's moment. */
export function followed(now: Inquiry, key: FrameKey): Inquiry {
  const clues = now.clues.map((kept) => (kept.picture === key ? withMoment(kept, now) : kept));
  return clues.every((kept, index) => kept === now.clues[index]) ? now : { ...now, clues };
}

/** A clue edited by hand: where its time was changed it no longer follows its picture. */
export function edited(old: KeptClue, clue: Clue): KeptClue {
  const retimed = FIELDS.some((field) => clue[field] !== old.clue[field]);
  if (!retimed || old.picture === undefined) return { ...old, clue };
  const { picture: _gone, ...rest } = old;
  return { ...rest, clue };
}
