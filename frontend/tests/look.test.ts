/** What holds for the look of the whole page, read from its sources. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => /\.(css|tsx?)$/.test(name) && !name.endsWith(".test.ts"));

/** The sizes of letters that a source names [px]: in CSS `font` and `font-size`, on a canvas "600 12px ...". A rem is 16 px. */
const sizes = (source: string): number[] =>
  [...source.matchAll(/(?:\bfont(?:-size)?: *|["'])(?:\d{3} )?(\d*\.?\d+)(px|rem)\b/g)].map((found) => Number(found[1]) * (found[2] === "rem" ? 16 : 1));

describe("the page's letters", () => {
  it("are nowhere smaller than 12 px", () => {
    const small = files.flatMap((name) => sizes(readFileSync(join("src", name), "utf8")).filter((size) => size < 12).map((size) => `${name}: ${size} px`));
    expect(files.length).toBeGreaterThan(150);
    expect(small).toEqual([]);
  });

  it("are found in every way of writing a size", () => {
    expect(sizes("a { font: 600 11px/16px x; } b { font-size: 0.6875rem; } c { font: 10.5px x; } d { font-size: 12px; }")).toEqual([11, 11, 10.5, 12]);
    expect(sizes("context.font = '11px system-ui'; context.font = \"600 16px x\";")).toEqual([11, 16]);
  });
});
