import { describe, expect, it } from "vitest";
import type { Inquiry, Item } from "../types.ts";
import { onOneClock } from "./event_items.ts";

const item = (sha256: string, duration_s?: number): Item => ({ sha256, name: sha256, bytes: 1, kind: duration_s === undefined ? "photo" : "video", added: "", ...(duration_s === undefined ? {} : { duration_s }) });
const frame = (of: string, number: number, time_s: number | null, at?: string): [string, Inquiry["frames"][string]] =>
  [`${of}:${number}`, { item: of, number, time_s, marks: { image: { width_px: 1, height_px: 1 }, mark: [], ...(at === undefined ? {} : { scene: { at } }) } }];
const at = (text: string): number => Date.parse(text);

describe("an event's footage on one clock", () => {
  it("has each clip from its start to its end, in the order of time, and what has no time last", () => {
    const frames = Object.fromEntries([frame("clip", 250, 10, "2022-10-07T14:40:10Z"), frame("clip", 500, 20, "2022-10-07T14:41:00Z"), frame("photo", 0, null, "2022-10-07T14:39:00Z"), frame("bare", 3, 1)]);
    const rows = onOneClock(["bare", "clip", "gone", "photo"], [item("clip", 30), item("photo"), item("bare", 5)], frames);
    expect(rows.map(({ item: { name }, from, to }) => [name, from, to])).toEqual([
      ["photo", at("2022-10-07T14:39:00Z"), at("2022-10-07T14:39:00Z")],
      ["clip", at("2022-10-07T14:40:00Z"), at("2022-10-07T14:40:30Z")],
      ["bare", null, null],
    ]);
  });
  it("has no time where the one that was typed can't be read", () => {
    expect(onOneClock(["a"], [item("a")], Object.fromEntries([frame("a", 0, null, "soon")]))[0]?.from).toBeNull();
  });
});
