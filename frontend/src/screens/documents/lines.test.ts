/** Places in a text count characters as Python does, and a line is cut where passages begin and end. */
import { describe, expect, it } from "vitest";
import type { Line, Passage, Reading } from "./api.ts";
import { chosenWords, isVertical, onPage, runs, wordsBetween } from "./lines.ts";

const line = (start: number, text: string): Line => ({ start, end: start + [...text].length, text, box: null });
const reading: Reading = { producer: "text", text_sha256: "ab", label: "1", language: "zh", width: 0, height: 0, pages: 1, meta: {}, lines: [line(0, "招标𠀀公告"), line(6, "  墙 "), line(11, "end")] };

describe("places in a page's text", () => {
  it("count a character beyond 16 bits once", () => {
    expect(wordsBetween(reading, 2, 5)).toBe("𠀀公告");
    expect(chosenWords(reading, "item", 1, 2, 3)).toMatchObject({ start: 2, end: 3, words: "𠀀" });
  });

  it("join lines as the text has them, and leave out spaces at the ends", () => {
    expect(wordsBetween(reading, 3, 14)).toBe("公告\n  墙 \nend");
    expect(chosenWords(reading, "item", 3, 5, 10)).toMatchObject({ page: 3, start: 8, end: 9, words: "墙", language: "zh" });
    expect(chosenWords(reading, "item", 1, 5, 7)).toBeNull();
  });

  it("cut a line where passages overlap", () => {
    const cut = runs(reading.lines[0] ?? line(0, ""), [{ id: "a", start: 1, end: 3 }, { id: "b", start: 2, end: 9 }]);
    expect(cut.map((run) => [run.text, run.marks.join()])).toEqual([["招", ""], ["标", "a"], ["𠀀", "a,b"], ["公告", "b"]]);
  });

  it("draw only what is certain in this text", () => {
    const passage = (more: Partial<Passage>): Passage => ({ id: "p", page: 1, state: "exact", text_sha256: "ab", ...more }) as Passage;
    const all = [passage({}), passage({ page: 2 }), passage({ state: "proposal" }), passage({ text_sha256: "cd" })];
    expect(onPage(all, reading, 1)).toEqual([all[0]]);
  });

  it("know Mongolian script, which is written downwards", () => {
    expect([isVertical("ᠮᠣᠩᠭᠣᠯ"), isVertical("монгол")]).toEqual([true, false]);
  });
});
