import { beforeEach, describe, expect, it } from "vitest";
import { moved } from "./points.ts";
import { forgetSigmas, sigmaAt, withSetSigma } from "./sureness.ts";

describe("how sure a point is", () => {
  beforeEach(forgetSigmas);

  it("is at least half a pixel of the screen, in pixels of the photo", () => {
    for (const scale of [0.05, 0.2, 0.68, 1, 3, 64]) {
      expect(sigmaAt(scale)).toBeGreaterThanOrEqual(0.99 * (0.5 / scale));
      expect(sigmaAt(scale)).toBeGreaterThanOrEqual(0.5);
    }
    expect([sigmaAt(0.2), sigmaAt(0.68), sigmaAt(8)]).toEqual([2.5, 0.89, 0.5]);
  });

  it("is kept in the marks, point by point", () => {
    const foot = withSetSigma(moved({ means: "shadow" }, "base_px", [1, 2]), "f", 0, "base_px", 0.2, true);
    const both = withSetSigma(moved(foot, "top_px", [1, 9]), "f", 0, "top_px", 4, true);
    expect([both["base_sigma_px"], both["top_sigma_px"]]).toEqual([2.5, 0.52]);
  });

  it("follows a point that is set again closer, and never shrinks what somebody said", () => {
    const far = withSetSigma(moved({ means: "shadow" }, "base_px", [1, 2]), "f", 0, "base_px", 0.2, true);
    expect(withSetSigma(far, "f", 0, "base_px", 8, false)["base_sigma_px"]).toBe(0.5);
    const said = { ...far, base_sigma_px: 6 };
    expect(withSetSigma(said, "f", 0, "base_px", 8, false)["base_sigma_px"]).toBe(6);
    expect(withSetSigma(said, "f", 0, "base_px", 0.05, false)["base_sigma_px"]).toBe(10);
  });

  it("of points that share one is that of the least sure", () => {
    const one = withSetSigma(moved({ means: "horizon" }, "points_px.0", [1, 2]), "f", 0, "points_px.0", 0.2, true);
    const two = withSetSigma(moved(one, "points_px.1", [9, 2]), "f", 0, "points_px.1", 8, true);
    expect(two.sigma_px).toBe(2.5);
    expect(withSetSigma({ means: "sun_disc", px: [3, 4] }, "f", 1, "px", 8, true).sigma_px).toBe(3);
  });
});
