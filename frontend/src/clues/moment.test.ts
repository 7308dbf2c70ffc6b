import { describe, expect, it } from "vitest";
import type { Inquiry, KeptFrame } from "../types.ts";
import { edited, followed, momentOf, withMoment } from "./moment.ts";

const item = "a".repeat(64);
const key = `${item}:12`;
const frame = (scene: { at?: string; at_sigma_s?: number; offset_s?: number } | undefined, time_s: number | null): KeptFrame => ({
  item, number: 12, time_s, marks: { image: { width_px: 4, height_px: 3 }, ...(scene === undefined ? {} : { scene }), mark: [] },
});
const inquiry = (part: Partial<Inquiry>): Inquiry => ({ version: 1, prior: {}, clues: [], frames: {}, pins: [], layers: [], notes: "", ...part });
const clock = { id: "c", on: true, picture: key, clue: { kind: "clock", time: "12:41", zone: "local" } };

describe("a clue added by hand", () => {
  it("takes the time of the picture it was added from", () => {
    const now = inquiry({ frames: { [key]: frame({ at: "2023-08-08T09:19:53Z", at_sigma_s: 2 }, null) } });
    expect(withMoment(clock, now).clue).toMatchObject({ at: "2023-08-08T09:19:53Z", at_sigma_s: 2, time: "12:41" });
  });
  it("takes the frame's place in its clip where no time is known", () => {
    expect(momentOf(inquiry({ frames: { [key]: frame(undefined, 4.2) } }), key)).toEqual({ offset_s: 4.2 });
    expect(momentOf(inquiry({ frames: { [key]: frame({ offset_s: 9 }, 4.2) } }), key)).toEqual({ offset_s: 9 });
    expect(momentOf(inquiry({}), key)).toEqual({});
  });
  it("follows when the picture's time is said later, and taken back", () => {
    const said = followed(inquiry({ clues: [clock], frames: { [key]: frame({ at: "2023-08-08T09:19:53Z" }, 4.2) } }), key);
    expect(said.clues[0]?.clue["at"]).toBe("2023-08-08T09:19:53Z");
    const back = followed({ ...said, frames: { [key]: frame(undefined, 4.2) } }, key);
    expect(back.clues[0]?.clue).toEqual({ ...clock.clue, offset_s: 4.2 });
  });
  it("of an area or a span of dates has no moment, and one whose time was typed keeps it", () => {
    const now = inquiry({ frames: { [key]: frame({ at: "2023-08-08T09:19:53Z" }, null) } });
    const area = { ...clock, clue: { kind: "area", area: "NO" } };
    expect(withMoment(area, now)).toBe(area);
    const typed = edited(clock, { ...clock.clue, at: "2020-01-01T00:00:00Z" });
    expect(typed.picture).toBeUndefined();
    expect(followed(inquiry({ ...now, clues: [typed] }), key).clues[0]?.clue["at"]).toBe("2020-01-01T00:00:00Z");
  });
});
