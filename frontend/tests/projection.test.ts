import { describe, expect, it } from "vitest";
import { circle, distanceKm, fit, factorsOf, kmPerPixel, panned, project, scaleBar, seen, settle, unproject, worldScale, xOf, yOf, zoomAt, type MapExtent } from "../src/map/projection.ts";
import { rowsBySine } from "../src/map/raster.ts";

const world = (width = 800, height = 500): MapExtent => settle({ lat: 0, lon: 0, scale: 0, width, height });
const local = (lat: number, lon: number, scale = 200): MapExtent => settle({ lat, lon, scale, width: 800, height: 500 });

describe("the map's projection", () => {
  it("comes back from where it went", () => {
    for (const view of [world(), local(52, 179.5), local(-33, 18), local(78, 15)]) {
      for (const [x, y] of [[400, 250], [120, 90], [700, 420]] as const) {
        const at = unproject(view, x, y);
        if (at === null) continue;
        const [px, py] = project(view, at[0], at[1]);
        expect(px).toBeCloseTo(x, 6);
        expect(py).toBeCloseTo(y, 6);
      }
    }
  });

  it("gives equal areas equal room, wherever they lie", () => {
    const factors = factorsOf(world());
    const room = (lat: number): number => (xOf(factors, 1) - xOf(factors, 0)) * (yOf(factors, lat - 0.5) - yOf(factors, lat + 0.5)) / Math.cos((lat * Math.PI) / 180);
    for (const lat of [0, 20, 45, 70, -60]) expect(room(lat) / room(10)).toBeCloseTo(1, 4);
  });

  it("is true to shape in the middle of a near view", () => {
    for (const lat of [0, 38.7, -55, 70]) {
      const factors = factorsOf(local(lat, 10));
      const east = (xOf(factors, 10.01) - xOf(factors, 10)) / (0.01 * Math.cos((lat * Math.PI) / 180));
      const north = (yOf(factors, lat) - yOf(factors, lat + 0.01)) / 0.01;
      expect(east / north).toBeCloseTo(1, 2);
    }
  });

  it("keeps the place under the pointer while it zooms", () => {
    let view = world();
    const held = unproject(view, 260, 160);
    for (let i = 0; i < 12; i++) view = zoomAt(view, 260, 160, 1.4);
    const now = unproject(view, 260, 160);
    expect(distanceKm(held ?? [0, 0], now ?? [0, 0])).toBeLessThan(2 * kmPerPixel(view));
  });

  it("fits a box over the 180th meridian in one piece", () => {
    const view = fit({ south: -20, north: -15, west: 176, east: 182 }, 800, 500);
    const box = seen(view);
    expect(box.west).toBeLessThan(176);
    expect(box.east).toBeGreaterThan(182);
    expect(box.east - box.west).toBeLessThan(20);
  });

  it("never shows less than the world, nor walks off it", () => {
    expect(settle({ ...world(), scale: 1e-9 }).scale).toBe(worldScale(800, 500));
    expect(Math.abs(panned(local(80, 0), 0, 1e6).lat)).toBeLessThanOrEqual(88);
  });

  it("draws a scale bar as long as it says", () => {
    const view = local(60, 25, 900);
    const { km, pixels } = scaleBar(view, 110);
    const a = unproject(view, 400, 250);
    const b = unproject(view, 400 + pixels, 250);
    expect(distanceKm(a ?? [0, 0], b ?? [0, 0]) / km).toBeCloseTo(1, 2);
    expect(pixels).toBeLessThanOrEqual(110);
  });

  it("draws circles of the radius asked for", () => {
    for (const [lon, lat] of circle(64, 179.9, 120)) expect(distanceKm([64, 179.9], [lat, lon])).toBeCloseTo(120, 3);
  });

  it("puts every row of a grid where its latitude is", () => {
    const rows = rowsBySine(-90, 90, 180, 400);
    rows.forEach((row, at) => {
      const lat = (Math.asin(1 - (2 * (at + 0.5)) / 400) * 180) / Math.PI;
      expect(Math.abs(90 - (row + 0.5) - lat)).toBeLessThan(0.51);
    });
  });
});
