import { describe, expect, it } from "vitest";
import type { Mark, Point } from "../types.ts";
import { handles, lacking, MEANINGS, moved, nextPath, sigmaOf, steppedSigma, without, withSigma } from "./points.ts";
import { centred, deviceOf, fitted, inside, panned, revealing, squares, tidy, toImage, toView, zoomed } from "./view.ts";

const image = { width: 4000, height: 3000 };
const stage = { width: 800, height: 500 };

describe("the view", () => {
  it("leads from image to screen and back to the same pixel, at any zoom", () => {
    let view = fitted(image, stage);
    for (const factor of [1, 1.7, 9, 0.3, 40, 100]) {
      view = zoomed(view, [311, 97], factor, image, stage);
      for (const px of [[0, 0], [0.5, 0.5], [3999.75, 1234.1]] as Point[]) {
        const back = toImage(view, toView(view, px));
        expect(back[0]).toBeCloseTo(px[0], 9);
        expect(back[1]).toBeCloseTo(px[1], 9);
      }
    }
  });
  it("keeps what lies under the cursor there while zooming", () => {
    const view = fitted(image, stage);
    const at: Point = [420, 260];
    const before = toImage(view, at);
    const after = toImage(zoomed(view, at, 3.3, image, stage), at);
    expect(after[0]).toBeCloseTo(before[0], 6);
    expect(after[1]).toBeCloseTo(before[1], 6);
  });
  it("fits the whole image with a margin", () => {
    const view = fitted(image, stage);
    const [low, high] = [toView(view, [0, 0]), toView(view, [4000, 3000])];
    expect(low[0]).toBeGreaterThanOrEqual(16);
    expect(low[1]).toBeGreaterThanOrEqual(16);
    expect(high[0]).toBeLessThanOrEqual(784.001);
    expect(high[1]).toBeLessThanOrEqual(484.001);
  });
  it("never loses the image, however far it is panned", () => {
    const view = panned(fitted(image, stage), 1e6, -1e6, image, stage);
    const [low, high] = [toView(view, [0, 0]), toView(view, [4000, 3000])];
    expect(low[0]).toBeLessThan(stage.width);
    expect(high[1]).toBeGreaterThan(0);
  });
  it("shows squares above 400 %", () => {
    expect(squares({ scale: 3.99, x: 0, y: 0 })).toBe(false);
    expect(squares({ scale: 4, x: 0, y: 0 })).toBe(true);
  });
  it("centres and reveals a mark", () => {
    const view = centred(fitted(image, stage), [100, 200], 8, stage);
    expect(toView(view, [100, 200])).toEqual([400, 250]);
    const shown = revealing({ scale: 8, x: 0, y: 0 }, [3000, 10], stage);
    expect(toView(shown, [3000, 10])[0]).toBe(stage.width - 48);
    expect(toView(shown, [3000, 10])[1]).toBe(80);
  });
  it("gives the canvas whole device pixels", () => {
    expect(deviceOf({ width: 333.3, height: 100 }, 1.5)).toEqual({ width: 500, height: 150, ratio: 1.5 });
    expect(deviceOf({ width: 0, height: 0 }, 0.5)).toEqual({ width: 1, height: 1, ratio: 1 });
  });
  it("adds ten nudges of a tenth to exactly one pixel", () => {
    let x = 355.6;
    for (let k = 0; k < 10; k += 1) x = tidy(x + 0.1);
    expect(x).toBe(356.6);
    expect(inside([-3, 3001], image)).toEqual([0, 3000]);
  });
});

function clicked(mark: Mark, count: number): Mark {
  let now = mark;
  for (let k = 0; k < count; k += 1) {
    const path = nextPath(now);
    if (path === null) break;
    now = moved(now, path, [10 * k + 1, 7 * k + 2]);
  }
  return now;
}

describe("the points of a mark", () => {
  it("are base, top and tip of a shadow, in that order", () => {
    const mark = clicked({ means: "shadow" }, 9);
    expect(handles(mark).map((handle) => handle.role)).toEqual(["base", "top", "tip"]);
    expect(nextPath(mark)).toBeNull();
    expect(lacking(mark)).toEqual([]);
  });
  it("make every meaning ready after enough clicks, but for what must be typed", () => {
    for (const means of MEANINGS) {
      const mark = clicked({ means }, 4);
      const wanted = { landmark: ["lat_deg", "lon_deg", "altitude_m"], length: ["length_m"] }[means as string] ?? [];
      expect(lacking(mark), means).toEqual(wanted);
    }
  });
  it("hold an open line at its start until its end is clicked", () => {
    const open = clicked({ means: "parallel" }, 3);
    expect(open.lines_px).toEqual([[1, 2, 11, 9], [21, 16, 21, 16]]);
    expect(handles(open)).toHaveLength(3);
    expect(lacking(open)).toEqual(["points"]);
    expect(moved(open, "lines_px.1.0", [5, 6]).lines_px![1]).toEqual([5, 6, 5, 6]);
    expect(moved(open, "lines_px.0.0", [5, 6]).lines_px![0]).toEqual([5, 6, 11, 9]);
  });
  it("go one by one, and the mark with the last", () => {
    const mark = clicked({ means: "horizon" }, 3);
    const two = without(mark, "points_px.1")!;
    expect(two.points_px).toEqual([[1, 2], [21, 16]]);
    expect(without({ means: "sun_disc", px: [1, 2] }, "px")).toBeNull();
    expect(without(clicked({ means: "shadow", base_sigma_px: 2 }, 3), "base_px")!["base_sigma_px"]).toBeUndefined();
  });
  it("carry a sigma each where things stand, one for all elsewhere", () => {
    const mark = withSigma(clicked({ means: "shadow", sigma_px: 2 }, 3), "top_px", 5);
    expect([sigmaOf(mark, "base_px"), sigmaOf(mark, "top_px")]).toEqual([2, 5]);
    expect(sigmaOf({ means: "landmark" }, "px")).toBe(2);
    expect(withSigma({ means: "horizon" }, "points_px.1", 3).sigma_px).toBe(3);
    expect(steppedSigma(1, true)).toBe(1.3);
    expect(steppedSigma(0.05, false)).toBe(0.05);
  });
  it("of a level caster's edge ask for the edge too", () => {
    const mark = clicked({ means: "shadow_edge", caster: "level" }, 9);
    expect(handles(mark).map((handle) => handle.role)).toEqual(["start", "end", "edge-start", "edge-end"]);
    expect(lacking({ ...mark, edge_px: undefined })).toEqual(["points"]);
  });
});
