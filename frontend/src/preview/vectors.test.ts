/** The page's preview against Python, on the vectors that pytest checks too. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cast, directionOf, angles, ray, sunOf } from "../frame/camera.ts";
import type { Clue, ClueDocument, OverlayCamera, Point } from "../types.ts";
import { compileClue, windowOf } from "./clues.ts";
import { coarse } from "./coarse.ts";
import { sceneOf } from "./scene.ts";
import { airlessAzEl, subsolar, sunSeen, turned } from "./sun.ts";

interface Vectors {
  suns: { unix_s: number; lat_deg: number; lon_deg: number; gha_deg: number; dec_deg: number; azimuth_deg: number; elevation_deg: number }[];
  clues: { clue: Clue; peak: number; cells: [number, number, number, number][] }[];
  shadows: { camera: OverlayCamera; azimuth_deg: number; elevation_deg: number; base_px: Point; top_px: Point; tip_px: Point }[];
  answers: { document: ClueDocument; area_km2: { "0.5": number; "0.9": number }; best: [number, number] }[];
}

const vectors = JSON.parse(readFileSync(new URL("../../../tests/vectors/preview.json", import.meta.url), "utf8")) as Vectors;

describe("the sun", () => {
  it("stands within 0.001 deg of Python's, 1950 to 2050", () => {
    let worst = 0;
    for (const row of vectors.suns) {
      const sun = subsolar(row.unix_s);
      const across = turned(sun.ghaDeg - row.gha_deg) * Math.cos((row.dec_deg * Math.PI) / 180);
      worst = Math.max(worst, Math.hypot(across, sun.decDeg - row.dec_deg));
    }
    expect(worst).toBeLessThan(0.001);
  });
  it("is seen within 0.002 deg of where Python sees it, air and parallax in", () => {
    for (const row of vectors.suns) {
      const seen = sunSeen(row.lat_deg, row.lon_deg, row.unix_s);
      expect(Math.abs(seen.elevationDeg - row.elevation_deg)).toBeLessThan(0.002);
      if (Math.abs(row.elevation_deg) < 80) {
        const level = Math.cos((row.elevation_deg * Math.PI) / 180);
        expect(Math.abs(turned(seen.azimuthDeg - row.azimuth_deg)) * level).toBeLessThan(0.002);
      }
    }
  });
});

describe("each clue", () => {
  for (const { clue, peak, cells } of vectors.clues) {
    it(`${clue.kind} weighs a sky as Python does: to 0.05 nats near the peak`, () => {
      const span = windowOf(clue);
      const compiled = compileClue(clue);
      for (const [lat, lon, unix, log] of cells) {
        if (span !== null) {
          expect(unix >= span.notBeforeS && unix <= span.notAfterS ? 0 : -69).toBe(log);
          continue;
        }
        const sky = airlessAzEl(lat, lon, subsolar(unix));
        const found = compiled!.log(sky.azimuthDeg, sky.elevationDeg);
        if (log > peak - 6) expect(Math.abs(found - log), `${lat},${lon},${unix}: ${found} for ${log}`).toBeLessThan(0.05);
        else expect(Math.abs(Math.max(found, -30) - Math.max(log, -30)), `${lat},${lon},${unix}: ${found} for ${log}`).toBeLessThan(0.5);
      }
    });
  }
});

describe("a shadow", () => {
  it("falls where Python casts it, to a tenth of a pixel", () => {
    for (const row of vectors.shadows) {
      const sun = directionOf(row.camera, row.azimuth_deg - row.camera.heading_deg!, row.elevation_deg);
      const made = cast(row.camera, row.base_px, row.top_px, sun);
      expect(Math.hypot(made!.top[0] - row.top_px[0], made!.top[1] - row.top_px[1])).toBeLessThan(0.05);
      expect(Math.hypot(made!.tip![0] - row.tip_px[0], made!.tip![1] - row.tip_px[1])).toBeLessThan(0.1);
    }
  });
  it("leads back to its sun", () => {
    for (const row of vectors.shadows) {
      const sun = sunOf(row.camera, row.base_px, row.top_px, row.tip_px);
      const found = angles(row.camera, sun!);
      expect(Math.abs(found.elevationDeg - row.elevation_deg)).toBeLessThan(0.05);
      expect(Math.abs(turned(found.relativeDeg + row.camera.heading_deg! - row.azimuth_deg))).toBeLessThan(0.1);
    }
  });
  it("is none while the sun is down", () => {
    const row = vectors.shadows[0]!;
    const made = cast(row.camera, row.base_px, row.top_px, directionOf(row.camera, 20, -3));
    expect(made!.tip).toBeNull();
    expect(ray(row.camera, row.camera.centre_px)).toEqual([0, 0, 1]);
  });
});

describe("the coarse map", () => {
  for (const [index, row] of vectors.answers.entries()) {
    it(`${index} (${row.document.clue.map((clue) => clue.kind).join(" and ")}) covers what Python's answer covers`, () => {
      const found = coarse(sceneOf(row.document)!)!;
      for (const level of ["0.5", "0.9"] as const) {
        const ratio = found.areaKm2[level] / row.area_km2[level];
        expect(ratio, `area of ${level}: ${found.areaKm2[level]} for ${row.area_km2[level]}`).toBeGreaterThan(0.7);
        expect(ratio).toBeLessThan(1.6);
      }
      const { map } = found;
      const r = Math.min(Math.floor(((map.north - row.best[0]) / (map.north - map.south)) * map.rows), map.rows - 1);
      const c = Math.min(Math.floor(((row.best[1] - map.west) / (map.east - map.west)) * map.columns), map.columns - 1);
      expect(map.level[r * map.columns + c]).toBeLessThan(0.9 * 255);
    });
  }
});
