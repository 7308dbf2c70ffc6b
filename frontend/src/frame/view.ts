/** From image pixels to the screen and back: the one place that knows.
 *
 * Image pixels are those of the oriented original, (0, 0) the outer corner of the top left pixel, so that the centre of that pixel
 * is (0.5, 0.5). View pixels are CSS pixels of the stage. Marks never live in view pixels, so zooming cannot move them.
 */
import type { Point } from "../types.ts";

export interface StageView {
  /** CSS pixels per image pixel. */
  readonly scale: number;
  /** Where the image's corner lies on the stage. */
  readonly x: number;
  readonly y: number;
}
export interface Size {
  readonly width: number;
  readonly height: number;
}

export const MOST_SCALE = 64;
/** From here on each pixel is shown as a square: smoothing would hide the true ones. */
export const SQUARES_FROM = 4;
const MARGIN_PX = 16;

export const toView = (view: StageView, px: Point): Point => [px[0] * view.scale + view.x, px[1] * view.scale + view.y];
export const toImage = (view: StageView, at: Point): Point => [(at[0] - view.x) / view.scale, (at[1] - view.y) / view.scale];

/** The whole image in the middle of the stage. */
export function fitted(image: Size, stage: Size): StageView {
  const room = { width: Math.max(stage.width - 2 * MARGIN_PX, 1), height: Math.max(stage.height - 2 * MARGIN_PX, 1) };
  const scale = Math.min(room.width / image.width, room.height / image.height, MOST_SCALE);
  return { scale, x: 0.5 * (stage.width - image.width * scale), y: 0.5 * (stage.height - image.height * scale) };
}

/** Zoomed by a factor; what lies under `at` (view pixels) stays there. Never smaller than half the fitted size. */
export function zoomed(view: StageView, at: Point, factor: number, image: Size, stage: Size): StageView {
  const least = 0.5 * fitted(image, stage).scale;
  const scale = Math.min(Math.max(view.scale * factor, least), MOST_SCALE);
  const held = toImage(view, at);
  return kept({ scale, x: at[0] - held[0] * scale, y: at[1] - held[1] * scale }, image, stage);
}

export const panned = (view: StageView, dx: number, dy: number, image: Size, stage: Size): StageView =>
  kept({ ...view, x: view.x + dx, y: view.y + dy }, image, stage);

/** A view with `px` (image pixels) in the middle of the stage, at least at a scale. */
export function centred(view: StageView, px: Point, leastScale: number, stage: Size): StageView {
  const scale = Math.min(Math.max(view.scale, leastScale), MOST_SCALE);
  return { scale, x: 0.5 * stage.width - px[0] * scale, y: 0.5 * stage.height - px[1] * scale };
}

/** A view that shows `px` with some room around it, moved as little as needed. */
export function revealing(view: StageView, px: Point, stage: Size, room = 48): StageView {
  const [x, y] = toView(view, px);
  const dx = Math.max(room - x, 0) + Math.min(stage.width - room - x, 0);
  const dy = Math.max(room - y, 0) + Math.min(stage.height - room - y, 0);
  return dx === 0 && dy === 0 ? view : { ...view, x: view.x + dx, y: view.y + dy };
}

/** The image cannot be lost: some of it always stays on the stage. */
function kept(view: StageView, image: Size, stage: Size): StageView {
  const edge = (at: number, length: number, room: number): number => Math.min(Math.max(at, Math.min(0.25 * room, 80) - length), room - Math.min(0.25 * room, 80));
  return {
    scale: view.scale,
    x: edge(view.x, image.width * view.scale, stage.width),
    y: edge(view.y, image.height * view.scale, stage.height),
  };
}

/** A canvas for a stage: its device pixels, and the transform that takes CSS pixels to them. */
export function deviceOf(stage: Size, ratio: number): { width: number; height: number; ratio: number } {
  const used = Math.min(Math.max(ratio, 1), 3);
  return { width: Math.max(1, Math.round(stage.width * used)), height: Math.max(1, Math.round(stage.height * used)), ratio: used };
}

/** Whether pixels are drawn as squares at this view. */
export const squares = (view: StageView): boolean => view.scale >= SQUARES_FROM;

/** Coordinates are kept to a hundredth of a pixel: a nudge of 0.1 adds up exactly. */
export const tidy = (value: number): number => Math.round(value * 100) / 100;
export const tidyPoint = (px: Point): Point => [tidy(px[0]), tidy(px[1])];

/** A point brought inside the image, as marks must be. */
export const inside = (px: Point, image: Size): Point => [
  Math.min(Math.max(px[0], 0), image.width),
  Math.min(Math.max(px[1], 0), image.height),
];
