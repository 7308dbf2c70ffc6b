import { describe, expect, it } from "vitest";
import { merge } from "../src/store/merge.ts";
import { stable } from "../src/stable.ts";
import { nudged, withBoxes, type Plan } from "../src/redact/plan.ts";
import type { Inquiry, KeptClue } from "../src/types.ts";

const clue = (id: string, azimuth: number): KeptClue => ({ id, on: true, clue: { kind: "sun_azimuth", azimuth_deg: azimuth, sigma_deg: 2 } });
const inquiry = (clues: KeptClue[], notes = ""): Inquiry => ({ version: 1, prior: {}, clues, frames: {}, pins: [], layers: [], notes });

describe("two tabs on one case", () => {
  const base = inquiry([clue("a", 10), clue("b", 20)]);

  it("are put together where they touched different things", () => {
    const mine = inquiry([clue("a", 11), clue("b", 20)], "mine");
    const theirs = inquiry([clue("b", 20), clue("c", 30)].concat(clue("a", 10)));
    const { inquiry: both, clashes } = merge(base, mine, theirs);
    expect(clashes).toBe(0);
    expect(both.notes).toBe("mine");
    expect(Object.fromEntries(both.clues.map((one) => [one.id, one.clue["azimuth_deg"]]))).toEqual({ a: 11, b: 20, c: 30 });
  });

  it("keep what one removed removed", () => {
    expect(merge(base, inquiry([clue("a", 10)]), base).inquiry.clues.map((one) => one.id)).toEqual(["a"]);
    expect(merge(base, base, inquiry([clue("b", 20)])).inquiry.clues.map((one) => one.id)).toEqual(["b"]);
  });

  it("ask where both changed one thing, and show this tab's meanwhile", () => {
    const { inquiry: both, clashes } = merge(base, inquiry([clue("a", 11), clue("b", 20)]), inquiry([clue("a", 12), clue("b", 20)]));
    expect(clashes).toBe(1);
    expect(both.clues[0]?.clue["azimuth_deg"]).toBe(11);
  });

  it("are not told apart by the order of keys, which the server sorts", () => {
    const sorted = JSON.parse('{"notes":"","version":1,"pins":[],"layers":[],"frames":{},"prior":{},"clues":[{"clue":{"azimuth_deg":12,"kind":"sun_azimuth","sigma_deg":2},"id":"a","on":true},{"on":true,"id":"b","clue":{"sigma_deg":2,"azimuth_deg":20,"kind":"sun_azimuth"}}]}') as Inquiry;
    const { inquiry: both, clashes } = merge(base, base, sorted);
    expect([clashes, both.clues[0]?.clue["azimuth_deg"]]).toEqual([0, 12]);
    expect(stable({ b: 1, a: [{ d: undefined, c: null }] })).toBe('{"a":[{"c":null}],"b":1}');
  });

  it("agree without asking where both did the same", () => {
    const same = inquiry([clue("a", 11), clue("b", 20)]);
    expect(merge(base, same, same).clashes).toBe(0);
  });
});

describe("a redaction plan", () => {
  const plan: Plan = { frame_count: 2, width_px: 100, height_px: 50, times_s: [0, 1], review: [], edited_frames: [], reviewed: { by: "x", at_utc: "" }, boxes: { "1": [[0, 0, 5, 5]] } };

  it("takes 'reviewed' back at every edit, and names the frame", () => {
    const next = withBoxes(plan, 0, [[1, 1, 9, 9]]);
    expect(next.reviewed).toBeNull();
    expect(next.edited_frames).toEqual([0]);
    expect(Object.keys(next.boxes)).toEqual(["0", "1"]);
    expect(Object.keys(withBoxes(plan, 1, []).boxes)).toEqual([]);
  });

  it("keeps a box on the frame, and never thinner than four pixels", () => {
    expect(nudged([90, 40, 99, 49], 10, 10, false, 100, 50)).toEqual([91, 41, 100, 50]);
    expect(nudged([10, 10, 20, 20], -50, -50, true, 100, 50)).toEqual([10, 10, 14, 14]);
  });

  it("puts together what each took for granted", () => {
    const taken = (prior: Inquiry["prior"]): Inquiry => ({ ...inquiry([]), prior });
    const early = { not_before: "2021-01-01T00:00:00Z" };
    const late = { not_after: "2021-12-31T00:00:00Z" };
    expect(merge(taken({}), taken(early), taken(late))).toEqual({ inquiry: taken({ ...early, ...late }), clashes: 0 });
    expect(merge(taken(early), taken({}), taken({ ...early, ...late })).inquiry).toEqual(taken(late));
  });
});
