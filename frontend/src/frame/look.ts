/** How the frame is looked at: the view, the loupe, the keyboard's cross. */
import { computed, effect, signal } from "@preact/signals";
import type { Words } from "../i18n/faults.ts";
import { forgotten } from "../store/signals.ts";
import type { Point } from "../types.ts";
import { forgetPictures, type FramePicture } from "./picture.ts";
import { handles } from "./points.ts";
import { view } from "./stage_view.ts";
import { active, marks } from "./store.ts";
import { forgetSigmas } from "./sureness.ts";
import { centred, fitted, toView, zoomed, type Size } from "./view.ts";

export { view };

export const stageSize = signal<Size>({ width: 0, height: 0 });
export const picture = signal<FramePicture | null>(null);
/** Where the pointer is over the image, and where the keyboard's cross is. */
export const pointer = signal<Point | null>(null);
export const cross = signal<Point | null>(null);
export const trouble = signal<Words | null>(null);
/** Whether a point has the focus. */
export const pointFocused = signal(false);
/** Whether the solution is drawn over the photo. */
export const solutionShown = signal(true);
/** Whether the frame takes the room of map, dome and calendar. */
export const large = signal(false);
export const pieceCount = signal(0);

export const loupeAt = computed<Point | null>(() => {
  if (cross.value !== null) return cross.value;
  if (pointer.value !== null) return pointer.value;
  const now = active.value;
  const mark = now === null ? undefined : marks.value[now.mark];
  return now === null || mark === undefined || !pointFocused.value ? null : (handles(mark).find((handle) => handle.path === now.path)?.at ?? null);
});

effect(() => {
  if (forgotten.value > 0) {
    picture.value = null;
    trouble.value = null;
    forgetPictures();
    forgetSigmas();
    active.value = null;
  }
});

export const image = (): Size => picture.peek()?.size ?? { width: 1, height: 1 };
export const zoomAt = (at: Point, factor: number): void => {
  view.value = zoomed(view.peek(), at, factor, image(), stageSize.peek());
};
export const middle = (): Point => [stageSize.peek().width / 2, stageSize.peek().height / 2];
export const zoomBy = (factor: number): void => zoomAt(loupePlace() ?? middle(), factor);
export const fit = (): void => {
  view.value = fitted(image(), stageSize.peek());
};
function loupePlace(): Point | null {
  const at = cross.peek() ?? (pointFocused.peek() ? loupeAt.peek() : null);
  return at === null ? null : toView(view.peek(), at);
}
export function centreOn(px: Point): void {
  view.value = centred(view.peek(), px, 8, stageSize.peek());
}

/** A pixel that lies on the image, or null. */
export function inImage(px: Point): Point | null {
  const { width, height } = image();
  return px[0] >= 0 && px[1] >= 0 && px[0] <= width && px[1] <= height ? px : null;
}
