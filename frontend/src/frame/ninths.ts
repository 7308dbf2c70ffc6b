/** Nine parts of the photo by number: each number looks three times closer, so that any pixel is a few presses away. */
import { signal } from "@preact/signals";
import { cross, fit, image, stageSize, view } from "./look.ts";
import { nextPath } from "./points.ts";
import { keptFrame, place } from "./store.ts";
import { fitted } from "./view.ts";

/** A part of the photo in pixels of the image. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Smaller parts are not divided: their middle is surer than any mark. */
const SMALLEST_PX = 2;

/** The parts that were chosen, each within the one before it; none: the numbers mean something else. */
export const chosenParts = signal<readonly Part[]>([]);
export const choosing = (): boolean => chosenParts.peek().length > 0;

/** One of the nine, counted as one reads. */
export function ninthOf(part: Part, number: number): Part {
  const [width, height] = [part.width / 3, part.height / 3];
  return { x: part.x + ((number - 1) % 3) * width, y: part.y + Math.floor((number - 1) / 3) * height, width, height };
}

function show(parts: readonly Part[]): void {
  const now = parts.at(-1);
  chosenParts.value = parts;
  if (now === undefined) return;
  const { scale, x, y } = fitted(now, stageSize.peek());
  view.value = { scale, x: x - now.x * scale, y: y - now.y * scale };
  cross.value = [now.x + now.width / 2, now.y + now.height / 2];
}

const whole = (): Part => ({ x: 0, y: 0, ...image() });
export const beginNinths = (): void => show([whole()]);
export function endNinths(): void {
  if (choosing()) chosenParts.value = [];
}

/** Marks the middle of the part; the rest of the same mark is looked for in the whole photo again. */
function mark(): void {
  const at = cross.peek();
  const put = at === null ? null : place(at);
  const now = put === null ? undefined : keptFrame.peek()?.marks.mark[put.mark];
  if (now !== undefined && nextPath(now) !== null) return beginNinths();
  endNinths();
  fit();
}

/** What a key does while parts are chosen; whether it did anything. */
export function ninthKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const parts = chosenParts.peek();
  const now = parts.at(-1);
  if (event.key.toLowerCase() === "g") return beginNinths(), true;
  if (now === undefined) return false;
  const number = Number(/^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1] ?? 0);
  if (number > 0) {
    if (now.width > SMALLEST_PX) show([...parts, ninthOf(now, number)]);
  } else if (event.key === "Backspace") show(parts.length > 1 ? parts.slice(0, -1) : parts);
  else if (event.key === "Enter") mark();
  else if (event.key === "Escape") {
    endNinths();
    fit();
  } else return false;
  return true;
}
