/** What people type, read as Python reads it: tests/vectors/typed.json holds both (tests/test_typed_vectors.py). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { read, type FieldSpec } from "../src/clues/schema.ts";
import { t } from "../src/i18n/index.ts";
import { clock, latitude, longitude, moment, numberFrom, time, zone } from "../src/ui/entry_formats.ts";
import { numberReadings, readNumber } from "../src/ui/typed_numbers.ts";
import { typedClock, typedDate, typedPlace, typedTime } from "../src/ui/typed.ts";

type Wall = { wall: string; zone: string | null };
interface Vectors {
  place: [string, [number, number] | null][];
  date: [string, string | null][];
  clock_s: [string, number | null][];
  time: [string, string | Wall | null][];
}
const vectors = JSON.parse(readFileSync("../tests/vectors/typed.json", "utf8")) as Vectors;

describe("what is typed is read as the command line reads it", () => {
  it.each(vectors.place)("place %s", (text, value) => {
    const found = typedPlace(text);
    if (value === null) expect(found).toBeNull();
    else expect(found?.map((deg) => Number(deg.toFixed(9)))).toEqual(value);
  });
  it.each(vectors.date)("date %s", (text, value) => expect(typedDate(text)).toBe(value));
  it.each(vectors.clock_s)("clock %s", (text, value) => expect(typedClock(text)).toBe(value));
  it.each(vectors.time)("time %s", (text, value) => {
    const found = typedTime(text);
    if (value === null || typeof value === "string") expect(found).toBe(value);
    // A bare reading is UTC on the page, whose fields say so.
    else if (value.zone === null) expect(found).toBe(`${value.wall}Z`);
    else expect(found).toBe("2018-08-20T07:20:00Z");
  });
});

describe("a number", () => {
  it("is read with its thousands parted, as the page and other countries write them", () => {
    const texts = ["1 200", "1\u202f200,5", "1,200.5", "1.200,5", "1,200,000", "12'000", "١٬٢٠٠٫٥", "0,125", "294,25", "12.345"];
    expect(texts.map((text) => readNumber(text))).toEqual([1200, 1200.5, 1200.5, 1200.5, 1_200_000, 12_000, 1200.5, 0.125, 294.25, 12.345]);
  });
  it("that can be two is neither, unless one of them alone is possible", () => {
    expect(numberReadings("1,200")).toEqual([1.2, 1200]);
    const [any, few] = [numberFrom(0, 20_000), numberFrom(0, 90)];
    expect([any.read("1,200"), any.wrong("1,200"), few.read("1,200"), latitude.read("48,858")]).toEqual([null, t("wrong.two"), 1.2, 48.858]);
    expect(read({ name: "r", kind: "number", needed: true } as FieldSpec, "1,200")).toEqual({ wrong: "two" });
    expect(read({ name: "r", kind: "number", needed: true, most: 90 } as FieldSpec, "1,200")).toEqual({ value: 1.2 });
  });
});

describe("a field", () => {
  it("takes a clock of twelve hours, and keeps it as one of twenty-four", () => {
    expect(["3:05 pm", "15:05:30", "3:05", "noon"].map(clock.read)).toEqual(["15:05", "15:05:30", "03:05", null]);
  });
  it("takes coordinates with letters, each only on its own axis", () => {
    expect([latitude.read("59° 20' N"), longitude.read("9°8'11\" W"), latitude.read("9 E"), latitude.read("95")]).toEqual([59 + 1 / 3, -(9 + 8 / 60 + 11 / 3600), null, null]);
  });
  it("takes a zone by its name or its city, and no other word", () => {
    expect(["Europe/Oslo", "oslo", "utc", "Local", "new york", "Atlantis"].map(zone.read)).toEqual(["Europe/Oslo", "Europe/Oslo", "UTC", "local", "America/New_York", null]);
  });
  it("refuses an hour that a clock shows twice, or never", () => {
    expect(time.read("2024-10-27 02:30 Europe/Oslo")).toBeNull();
    expect(time.read("2024-03-31 02:30 Europe/Oslo")).toBeNull();
    expect([time.read("16 July 2014"), moment.read("16 July 2014"), moment.read("16 July 2014, 3:04 pm")]).toEqual(["2014-07-16T00:00:00Z", null, "2014-07-16T15:04:00Z"]);
  });
});
