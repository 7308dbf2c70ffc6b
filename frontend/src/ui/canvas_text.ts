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
