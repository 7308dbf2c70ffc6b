import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { begin, fromAdvice, groups, reading } from "../src/clues/kinds.ts";
import { setLanguage } from "../src/i18n/index.ts";
import { fieldsOf, read, show, withField, type FieldSpec } from "../src/clues/schema.ts";
import { readTime } from "../src/ui/entry_formats.ts";
import type { Clue, Json } from "../src/types.ts";

const schema = JSON.parse(readFileSync("../src/noonmark/schemas/clues.json", "utf8")) as { [key: string]: Json; $defs: { [kind: string]: Json } };
const kinds = Object.entries(schema.$defs).filter(([, spec]) => JSON.stringify(spec).includes('"kind":{"const"')).map(([kind]) => kind);
const field = (kind: string, name: string): FieldSpec => {
  const found = fieldsOf(kind, schema).find((one) => one.name === name);
  if (found === undefined) throw new Error(`${kind} has no ${name}`);
  return found;
};

describe("forms made from the clue schema", () => {
  it("offer every kind that locate knows, and no other", () => {
    expect(groups.flatMap((group) => group.kinds).sort()).toEqual([...kinds].sort());
  });

  it("ask for every needed field at once", () => {
    for (const kind of kinds) for (const one of fieldsOf(kind, schema)) if (one.needed) expect(one.shown, `${kind}.${one.name}`).toBe(true);
  });

  it("begin with values that the schema allows", () => {
    for (const [kind, values] of Object.entries(begin)) for (const [name, value] of Object.entries(values ?? {})) expect(read(field(kind, name), show(field(kind, name), value)), `${kind}.${name}`).toEqual({ value });
  });

  it("give back what they were given", () => {
    const values: [string, string, Json][] = [
      ["shadow_track", "x_m", [1.5, -2, 3e-3]], ["shadow_track", "refraction", false], ["sun_direction", "covariance_deg2", [[1, 0.2], [0.2, 2]]],
      ["candidates", "places", [{ lat_deg: 41.77, lon_deg: 86.15, sigma_km: 400, weight: 3 }, { lat_deg: -33.9, lon_deg: 18.4, sigma_km: 600 }]],
      ["area", "area", "NO"], ["area", "area", { lat_deg: 1, lon_deg: 2, radius_km: 3 }], ["window", "not_before", "2024-06-21T14:30:00+03:00"], ["clock", "zone", "Asia/Shanghai"],
    ];
    for (const [kind, name, value] of values) expect(read(field(kind, name), show(field(kind, name), value))).toEqual({ value });
  });

  it("refuse what can't be a measurement, and say why", () => {
    expect(read(field("sun_elevation", "elevation_deg"), "91")).toEqual({ wrong: "most", limit: 90 });
    expect(read(field("sun_elevation", "sigma_deg"), "0")).toEqual({ wrong: "above", limit: 0 });
    expect(read(field("sun_elevation", "elevation_deg"), "high")).toEqual({ wrong: "number" });
    expect(read(field("sun_elevation", "elevation_deg"), " ")).toEqual({ wrong: "needed" });
  });

  it("read Arabic and Persian digits as numbers", () => {
    expect(read(field("sun_elevation", "elevation_deg"), "٣٥٫٥")).toEqual({ value: 35.5 });
    expect(read(field("sun_elevation", "elevation_deg"), "۳۵")).toEqual({ value: 35 });
  });

  it("read times as people type them, and no others", () => {
    expect(readTime("2024-06-21")).toBe("2024-06-21T00:00:00Z");
    expect(readTime("2024-06-21 14:30")).toBe("2024-06-21T14:30:00Z");
    expect(readTime("2024-06-21T14:30:05+03:00")).toBe("2024-06-21T14:30:05+03:00");
    for (const wrong of ["2024-02-30", "21.6.2024", "2024-06-21 25:00", "yesterday"]) expect(readTime(wrong), wrong).toBeNull();
  });

  it("lose no field that they do not show", () => {
    const clue: Clue = { kind: "sun_azimuth", azimuth_deg: 97, sigma_deg: 2, note: "kept" };
    expect(withField(clue, "azimuth_deg", 98)).toEqual({ ...clue, azimuth_deg: 98 });
    expect(withField(clue, "note", undefined)).toEqual({ kind: "sun_azimuth", azimuth_deg: 97, sigma_deg: 2 });
  });

  it("answer every line of advice with a form, or with none", () => {
    expect(fromAdvice("lit_face of a wall facing south")).toEqual({ kind: "lit_face", fill: { bearing_deg: 180 } });
    expect(fromAdvice("date within a day")?.kind).toBe("window");
    expect(fromAdvice("time of day (UTC) within 5 minutes")?.kind).toBe("clock");
    expect(fromAdvice("sun_azimuth")?.kind).toBe("sun_azimuth");
    expect(fromAdvice("something new")).toBeNull();
  });

  it("put any clue into one line without failing", () => {
    for (const kind of kinds) expect(typeof reading({ kind })).toBe("string");
    expect(reading({ kind: "sun_azimuth", azimuth_deg: 97, sigma_deg: 2 })).toBe("97 ± 2°");
    expect(reading({ kind: "clock", time: "14:40:00", sigma_s: 120, zone: "UTC" })).toBe("14:40:00 ± 120 s, UTC");
    expect(reading({ kind: "ray", legs: [{}, {}, {}] })).toBe("3 legs");
    expect(reading({ kind: "date", weekday: "any", years: "2022" })).toBe("2022");
  });
});

describe("one error", () => {
  it("of a bearing is the same in the list of clues as beside the frame: across the sky it is smaller by the cosine of the height", () => {
    const clue: Clue = { kind: "camera_direction", relative_azimuth_deg: 40, elevation_deg: 45, covariance_deg2: [[0.25, 0], [0, 0.09]] };
    expect(reading(clue)).toBe("40 ± 0.7° from the camera’s axis, height 45 ± 0.3°");
  });
});

describe("clues in one line, in another language", () => {
  beforeAll(async () => { // what the page sets beside the words
    Object.assign(globalThis, { document: { documentElement: {} }, localStorage: { setItem: () => undefined } });
    await setLanguage("ru");
  });
  afterAll(async () => {
    await setLanguage("en");
    for (const name of ["document", "localStorage"]) Reflect.deleteProperty(globalThis, name);
  });

  it("say choices, clocks, areas and decimal marks as Russian does", () => {
    const told: Clue[] = [
      { kind: "sun_direction", azimuth_deg: 221.48, elevation_deg: 35.3, covariance_deg2: [[1.7, 0], [0, 0.64]] }, { kind: "body_direction", body: "venus", azimuth_deg: 10.5, elevation_deg: 3 },
      { kind: "twilight", phase: "nautical" }, { kind: "night", sign: "lamps" }, { kind: "date", weekday: "sunday" }, { kind: "clock", time: "14:40", sigma_s: 60, zone: "apparent_solar" },
      { kind: "area", area: "land" }, { kind: "area", area: "NO" }, { kind: "area", area: { lat_deg: 1, lon_deg: 2, radius_km: 3 } }, { kind: "area", area: { south: 1, west: 2, north: 3, east: 4 } },
      { kind: "places", places: [{}, {}] }, { kind: "shadow_track", x_m: [1, 2, 3, 4, 5] }, { kind: "sun_meridian", sigma_s: 600 },
    ];
    expect(reading(told[0] ?? { kind: "" })).toBe("азимут 221,5 ± 1,6°, высота 35,3 ± 0,8°");
    expect(told.map(reading).filter((words) => words === "" || /[A-Za-z]|\d\.\d/.test(words))).toEqual([]);
  });
});
