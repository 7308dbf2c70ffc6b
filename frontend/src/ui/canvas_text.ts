/** Text on a canvas: with a halo, and in free places. */

/** A rectangle on a canvas [CSS px]. */
export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export const meets = (a: Rect, b: Rect): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

export const isFree = (box: Rect, taken: readonly Rect[]): boolean => !taken.some((other) => meets(box, other));

/** Writes a text with a rim in the colour of the ground around it. */
export function haloText(
  context: CanvasRenderingContext2D, text: string, x: number, y: number, { ink, halo }: { ink: string; halo: string },
): void {
  context.strokeStyle = halo;
  context.lineWidth = 3;
  context.strokeText(text, x, y);
  context.fillStyle = ink;
  context.fillText(text, x, y);
}

/** A text that has so much room [px]: as it is, or with its end left out. */
export function shortened(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) return text;
  const letters = [...text];
  let end = letters.length;
  while (end > 1 && widthOf(`${letters.slice(0, end).join("")}…`) > room) end -= 1;
  return `${letters.slice(0, end).join("").trimEnd()}…`;
}

/** Where a label begins: right of its cross, else left of it, else as far in as the map is. */
export function labelLeft(x: number, wide: number, width: number): number {
  if (x + 14 + wide <= width) return x + 12;
  return x - 12 - wide >= LEAST_LEFT ? x - 12 - wide : Math.max(LEAST_LEFT, width - LEAST_LEFT - wide);
}
const LEAST_LEFT = 4;
