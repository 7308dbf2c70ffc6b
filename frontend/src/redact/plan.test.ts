import { describe, expect, it } from "vitest";
import { copyName, drawnBox, notLookedFor, type Plan } from "./plan.ts";

describe("hiding", () => {
  it("takes a box drawn in any direction, kept on the frame, and none that was not meant", () => {
    expect(drawnBox([50, 60], [10, 20], 100, 80)).toEqual([10, 20, 50, 60]);
    expect(drawnBox([90, 70], [130, 99], 100, 80)).toEqual([90, 70, 100, 80]);
    expect(drawnBox([10, 10], [12, 40], 100, 80)).toBeNull();
  });
  it("names the copy after its file", () => {
    expect([copyName("street.jpg", "photo"), copyName("day 2/clip.final.mp4", "video"), copyName(".jpg", "photo")]).toEqual(["street-hidden.png", "clip.final-hidden.mp4", "file-hidden.png"]);
  });
  it("says whether faces were looked for, also for a plan that was kept", () => {
    const plan = { faces: null } as unknown as Plan;
    expect([notLookedFor(plan), notLookedFor({ ...plan, faces: { model: "m" } })]).toEqual([true, false]);
  });
});
