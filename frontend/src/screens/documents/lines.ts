/** Places in a text: characters as Python counts them (code points), and the browser's selection turned into them. */
import type { Chosen, Line, Passage, Reading } from "./api.ts";

export const length = (text: string): number => [...text].length;
export const slice = (text: string, start: number, end: number): string => [...text].slice(start, end).join("");

export interface Run { text: string; marks: string[] }

/** A line cut where passages begin or end; each run has the ids of the passages it belongs to. */
export function runs(line: Line, quoted: { id: string; start: number; end: number }[]): Run[] {
  const inside = quoted.filter((one) => one.start < line.end && one.end > line.start);
  const cuts = [...new Set([line.start, line.end, ...inside.flatMap((one) => [one.start, one.end])])].filter((at) => at >= line.start && at <= line.end).sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => {
    const start = cuts[index] ?? line.start;
    return { text: slice(line.text, start - line.start, end - line.start), marks: inside.filter((one) => one.start < end && one.end > start).map((one) => one.id) };
  });
}

/** The words of a page from one place to another, lines joined as the text has them. */
export function wordsBetween(reading: Reading, start: number, end: number): string {
  let out = "";
  let at = start;
  for (const line of reading.lines) {
    if (line.end <= start || line.start >= end) continue;
    const first = Math.max(line.start, start);
    out += "\n".repeat(Math.max(0, first - at)) + slice(line.text, first - line.start, Math.min(line.end, end) - line.start);
    at = Math.min(line.end, end);
  }
  return out;
}

/** The place in the text of a point of the selection; null outside of the lines. */
export function placeOf(node: Node, offset: number): number | null {
  const element = node instanceof Element ? node : node.parentElement;
  const line = element?.closest<HTMLElement>("[data-start]");
  if (line == null) return null;
  const range = document.createRange();
  range.setStart(line, 0);
  range.setEnd(node, offset);
  return Number(line.dataset["start"]) + length(range.toString());
}

/** What is selected on the page as something to quote; spaces at its ends are left out. */
export function chosenWords(reading: Reading, item: string, page: number, start: number, end: number): Chosen | null {
  const text = wordsBetween(reading, start, end);
  const before = text.length - text.trimStart().length;
  const words = text.trim();
  if (words === "") return null;
  const first = start + length(text.slice(0, before));
  return { item, text_sha256: reading.text_sha256, page, start: first, end: first + length(words), words, language: reading.language === "" || reading.language === "latin" ? "und" : reading.language };
}

/** Only passages of this text and page are drawn at their places. */
export const onPage = (quoted: Passage[], reading: Reading, page: number): Passage[] =>
  quoted.filter((one) => one.page === page && one.state === "exact" && (one.text_sha256 === reading.text_sha256));

/** Scripts that are written from top to bottom. */
export const isVertical = (text: string): boolean => /[\u1820-\u18aa]/.test(text);
