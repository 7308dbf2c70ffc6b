import { describe, expect, it } from "vitest";
import { fieldsOf, read } from "../src/clues/schema.ts";
import { areaOf } from "../src/panel/area.tsx";
import { clock, date, edgeLongitude, endTime, latitude, longitude, moment, numberFrom, place, readOptional, time } from "../src/ui/entry_formats.ts";

const WINDOW = { $defs: { window: { properties: { not_before: { type: "string" }, not_after: { type: "string" } } } } };

describe("what is typed", () => {
  it("is a number in digits of any script, with a comma or a point", () => {
    const any = numberFrom(-Infinity, Infinity);
    expect(["59,33", "٥٩٫٣٣", "−9.5", " 1e3 "].map(any.read)).toEqual([59.33, 59.33, -9.5, 1000]);
    expect(["", "12 km", "0x10", "1,234"].map(any.read)).toEqual([null, null, null, null]);
  });

  it("is a coordinate within its limits, and says which limit was passed", () => {
    expect([latitude.read("90"), latitude.read("90.1"), longitude.read("-180"), longitude.read("181"), edgeLongitude.read("181")]).toEqual([90, null, -180, null, 181]);
    expect([latitude.wrong("91"), latitude.wrong("-91"), latitude.wrong("north")]).toEqual(["It must be at most 90.", "It must be at least -90.", "This is not a number."]);
    expect(longitude.show(-9.123456789)).toBe("-9.1234568");
  });

  it("is a place: latitude first, any usual separator", () => {
    for (const text of ["38.71, -9.14", "38.71 -9.14", "38.71;-9.14", "٣٨٫٧١، −٩٫١٤"]) expect(place.read(text), text).toEqual([38.71, -9.14]);
    for (const text of ["38.71", "91, 0", "0, 181", "38.71, -9.14, 5", "here"]) expect(place.read(text), text).toBeNull();
    expect(place.read(place.show([1.5, -2]))).toEqual([1.5, -2]);
  });

  it("is a date or a moment, UTC where no zone is said", () => {
    expect(["2024-06-21", "2024-06-21 14:30", "2024-06-21 14:30 utc", "٢٠٢٤-٠٦-٢١"].map(time.read)).toEqual([
      "2024-06-21T00:00:00Z", "2024-06-21T14:30:00Z", "2024-06-21T14:30:00Z", "2024-06-21T00:00:00Z",
    ]);
    expect([time.show("2024-06-21T00:00:00Z"), time.show("2024-06-21T14:30:00Z")]).toEqual(["2024-06-21", "2024-06-21T14:30:00Z"]);
    expect([moment.read("2024-06-21"), moment.read("2024-06-21 14:30"), moment.read("2024-02-30 14:30")]).toEqual([null, "2024-06-21T14:30:00Z", null]);
  });

  it("is the end of a span: a date alone holds the whole of that day", () => {
    expect(["2024-06-21", "31 December 2023", "2024-06-21 14:30", "soon"].map(endTime.read)).toEqual([
      "2024-06-22T00:00:00Z", "2024-01-01T00:00:00Z", "2024-06-21T14:30:00Z", null,
    ]);
    expect(["2024-03-01T00:00:00Z", "2024-06-21T14:30:00Z", "2024-06-21"].map(endTime.show)).toEqual(["2024-02-29", "2024-06-21T14:30:00Z", "2024-06-21"]);
    expect(read(fieldsOf("window", WINDOW).find(({ name }) => name === "not_after")!, "2024-06-21")).toEqual({ value: "2024-06-22T00:00:00Z" });
  });

  it("is a date alone, or what a clock shows", () => {
    expect(["2024-02-29", "2023-02-29", "2024-06-21 14:30", "21.6.2024", "21 June 2024"].map(date.read)).toEqual(["2024-02-29", null, null, null, "2024-06-21"]);
    expect(["9:05", "09:05:30.5", "24:00", "9:60", "9.05", "9"].map(clock.read)).toEqual(["09:05", "09:05:30.5", "24:00", null, "09:05", null]);
  });

  it("may be nothing", () => {
    expect([readOptional(time, " "), readOptional(time, "soon"), readOptional(date, "2024-06-21")]).toEqual([
      { value: null, wrong: false }, { value: null, wrong: true }, { value: "2024-06-21", wrong: false },
    ]);
  });
});

describe("the form of a clue", () => {
  it("reads the reading of a clock and its date", () => {
    const schema = { $defs: { clock: { required: ["time"], properties: { time: { type: "string", pattern: "" }, date: { type: "string", format: "date" } } } } };
    const [reading, day] = fieldsOf("clock", schema);
    expect([reading?.kind, day?.kind]).toEqual(["clock", "date"]);
    expect([read(reading!, "14:05"), read(reading!, "2 o'clock"), read(day!, "2024-02-30"), read(day!, "")]).toEqual([
      { value: "14:05" }, { wrong: "time" }, { wrong: "time" }, { value: undefined },
    ]);
  });
});

describe("an area that is typed", () => {
  it("is told only when it is whole", () => {
    const circle = { lat_deg: "59,33", lon_deg: "18.07", radius_km: "50" };
    expect(areaOf("circle", circle)).toEqual({ lat_deg: 59.33, lon_deg: 18.07, radius_km: 50 });
    expect(areaOf("circle", { ...circle, lat_deg: "95" })).toBeNull();
    expect(areaOf("box", { south: "-10", west: "170", north: "10" })).toBeNull();
    expect(areaOf("box", { south: "-10", west: "170", north: "10", east: "190" })).toEqual({ south: -10, west: 170, north: 10, east: 190 });
    expect(["Japan", " côte d’ivoire ", "Cote d’Ivoire", "Germany", "Burma", "Myanmar", "Turkey", "Bosnia and Herzegovina", "Atlantis"].map((text) => areaOf("country", { text }))).toEqual(["JP", "CI", "CI", "DE", "MM", "MM", "TR", "BA", null]);
    expect([areaOf("country", { text: "no" }), areaOf("country", { text: "nor" }), areaOf("file", { text: " " }), areaOf("land", {})]).toEqual(["NO", null, null, "land"]);
  });
});
