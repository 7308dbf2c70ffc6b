import { describe, expect, it } from "vitest";
import { trialShadows } from "../preview/index.ts";
import { nearest } from "../items/frames.ts";
import type { Clue, FrameReply, Mark, Marks, OverlayCamera } from "../types.ts";
import { angles, cast, directionOf, sunOf, unit } from "./camera.ts";
import { shiftedClue } from "./drag.ts";
import { readMoment } from "../ui/entry_formats.ts";
import { readNumber } from "../ui/typed_numbers.ts";
import { readyMarks, reindexed } from "./solve.ts";

const camera: OverlayCamera = { width_px: 1100, height_px: 720, focal_px: 827, centre_px: [550, 360], k1: -0.016, up: [...unit([0.027, -0.968, -0.25])], heading_deg: 164.6 };
const post: Mark = { means: "shadow", base_px: [714.6, 473], top_px: [718.2, 302], tip_px: [504, 534.9] };
const reply = (overlay: Partial<FrameReply["overlay"]>, marks: FrameReply["marks"]): FrameReply => ({
  sun: null, camera: { pitch_deg: null, roll_deg: null, heading_deg: null }, lens: { focal_px: 1, focal_sigma_px: 1, focal_mm_35: 1 }, marks,
  conflicts: [{ mark: 1, why: "because" }], assumed: [], warnings: [], clue: null, clues: [], not_determined: [], not_determined_points: [], assumed_points: [], warning_points: [], advice: [],
  overlay: { horizon: null, zenith_px: null, nadir_px: null, plumbs: [], shadows: [], sun_px: null, sun_ellipse: null, camera: null, ...overlay },
});
const row = (index: number): FrameReply["marks"][number] => ({ index, means: "shadow", residual_sigma: {}, worst_sigma: 0, used: true });

describe("solving", () => {
  it("waits for marks that are not complete, and names the others by their own place", () => {
    const marks: Marks = { image: { width_px: 10, height_px: 10 }, mark: [{ means: "shadow", base_px: [1, 1] }, post, { means: "landmark", px: [2, 2] }, post] };
    expect(readyMarks(marks).mark).toEqual([post, post]);
    const back = reindexed(reply({ plumbs: [{ mark: 1, line: [] }] }, [row(0), row(1)]), [1, 3]);
    expect(back.marks.map((mark) => mark.index)).toEqual([1, 3]);
    expect(back.overlay.plumbs[0]!.mark).toBe(3);
    expect(back.conflicts[0]!["mark"]).toBe(3);
  });
});

describe("a dragged sun", () => {
  it("casts the shadow that tells the same sun again", () => {
    const sun = directionOf(camera, 40, 35);
    const made = cast(camera, post.base_px!, post.top_px!, sun)!;
    const told = angles(camera, sunOf(camera, post.base_px!, post.top_px!, made.tip!)!);
    expect(told.elevationDeg).toBeCloseTo(35, 5);
    expect(told.relativeDeg).toBeCloseTo(40, 5);
  });
  it("casts one for each thing with base and top, and none where north is not known", () => {
    const marks: Marks = { image: { width_px: 1100, height_px: 720 }, mark: [post, { means: "horizon", points_px: [[1, 1]] }, { means: "vertical", base_px: [200, 500], top_px: [200, 300] }] };
    const sun = { azimuth_deg: 222, elevation_deg: 35, relative: false };
    expect(trialShadows(marks, camera, sun).map((one) => one.mark)).toEqual([0, 2]);
    expect(trialShadows(marks, { ...camera, heading_deg: null }, sun)).toEqual([]);
    expect(trialShadows(marks, camera, { ...sun, elevation_deg: -1 })).toEqual([]);
  });
  it("moves the solved clue by its share while a tip is dragged", () => {
    const clue: Clue = { kind: "sun_direction", azimuth_deg: 222, elevation_deg: 35, covariance_deg2: [[1, 0], [0, 1]] };
    const sun = angles(camera, sunOf(camera, post.base_px!, post.top_px!, post.tip_px!)!);
    const tip = cast(camera, post.base_px!, post.top_px!, directionOf(camera, sun.relativeDeg + 4, sun.elevationDeg + 2))!.tip!;
    const moved = shiftedClue(clue, reply({ camera }, [row(0), row(1)]), post, { ...post, tip_px: tip })!;
    expect(moved["azimuth_deg"]).toBeCloseTo(224, 4);
    expect(moved["elevation_deg"]).toBeCloseTo(36, 4);
    expect(shiftedClue(clue, reply({ camera: null }, []), post, post)).toBeNull();
  });
});

describe("what is typed", () => {
  it("is a number in digits of any script, with a point or a comma", () => {
    expect([readNumber("294,25"), readNumber("٢٩٤٫٢٥"), readNumber("۱۲"), readNumber("−3"), readNumber(".5"), readNumber("1e3")]).toEqual([294.25, 294.25, 12, -3, 0.5, 1000]);
    expect([readNumber(""), readNumber("12px"), readNumber("1.2.3"), readNumber("NaN")]).toEqual([null, null, null, null]);
  });
  it("is a time in UTC unless it says its offset", () => {
    expect(readMoment("2022-10-07 14:40")).toBe("2022-10-07T14:40:00Z");
    expect(readMoment("2022-10-07T14:40:12+02:00")).toBe("2022-10-07T14:40:12+02:00");
    expect([readMoment("yesterday"), readMoment("2022-13-07T14:40Z")]).toEqual([null, null]);
  });
  it("leads to the frame whose own time is nearest", () => {
    expect([nearest([0, 0.04, 0.12], 0.07), nearest([0, 0.04, 0.12], 9), nearest([null], 3)]).toEqual([1, 2, 0]);
  });
});
