/**
 * How sure a point is that a hand has set: half a pixel of the photo, for its own blur, and half a pixel of the screen, which is more of the
 * photo the smaller it is shown. Set at a quarter of its size a point is two pixels sure, not one.
 */
import type { Mark } from "../types.ts";
import { DEFAULT_SIGMA, formOf, sigmaField, sigmaOf, type Path } from "./points.ts";

const BLUR_PX = 0.5;
const SCREEN_PX = 0.5;

/** One sigma [pixels of the photo] of a point set at a scale [screen pixels per pixel of the photo], to two figures. */
export function sigmaAt(scale: number): number {
  return Number(Math.hypot(BLUR_PX, SCREEN_PX / scale).toPrecision(2));
}

/** Sigmas that followed from the zoom in this tab, by point: others were said by somebody, and are never made smaller. */
const fromZoom = new Map<string, number>();
const nameOf = (frame: string, index: number, path: Path): string => `${frame} ${index} ${path}`;

/** The mark with the error of a point that was just set or moved at a scale. */
export function withSetSigma(mark: Mark, frame: string, index: number, path: Path, scale: number, isNew: boolean): Mark {
  const field = sigmaField(mark, path);
  const usual = DEFAULT_SIGMA[mark.means] ?? 0;
  const own = Math.max(sigmaAt(scale), usual);
  const name = nameOf(frame, index, formOf(mark) === "post" ? path : "");
  const before = mark[field];
  const said = typeof before === "number" ? before : isNew ? 0 : sigmaOf(mark, path);
  // One sigma for several points is that of the least sure; one that somebody said stays at least as large.
  const shared = formOf(mark) !== "post" && formOf(mark) !== "single";
  const follows = !shared && (isNew || fromZoom.get(name) === said);
  const next = follows ? own : Math.max(own, said);
  fromZoom.set(name, next);
  return next === before ? mark : { ...mark, [field]: next };
}

export function forgetSigmas(): void {
  fromZoom.clear();
}
