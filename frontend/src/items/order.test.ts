import { expect, it } from "vitest";
import type { Inquiry, Item } from "../types.ts";
import { inOrder } from "./order.ts";

const item = (sha256: string, kind: Item["kind"] = "photo"): Item => ({ sha256, name: sha256, bytes: 1, kind, added: "" });
const at = (of: string, time: string): [string, Inquiry["frames"][string]] =>
  [`${of}:0`, { item: of, number: 0, time_s: null, marks: { image: { width_px: 1, height_px: 1 }, mark: [], scene: { at: time } } }];

it("shows pictures and clips by event and time, papers last, and all else as it was added", () => {
  const items = [item("letter", "other"), item("loose"), item("late"), item("clip", "video"), item("early"), item("untimed"), item("second")];
  const events = [{ items: ["letter", "untimed", "late", "early"] }, { items: ["second", "late"] }];
  const frames = Object.fromEntries([at("late", "2022-10-07T15:00:00Z"), at("early", "2022-10-07T14:00:00Z"), at("clip", "2020-01-01T00:00:00Z")]);
  expect(inOrder(items, events, frames).map((one) => one.sha256)).toEqual(["early", "late", "untimed", "second", "clip", "loose", "letter"]);
});

it("leaves a case without events and times as it was added", () => {
  const items = ["c", "a", "b"].map((name) => item(name));
  expect(inOrder(items, [], {})).toEqual(items);
});
