/** Dragging a point: the marks follow at once, and the sun that the dragged shadow gives goes to the preview. */
import { cluesWith } from "../preview/index.ts";
import { draft, frameKey, frameReplies, inquiry } from "../store/signals.ts";
import type { Clue, FrameReply, Mark, Point } from "../types.ts";
import { angles, sunOf } from "./camera.ts";
import { pointAt, type Path } from "./points.ts";
import { held, marks, pictureSize } from "./store.ts";
import { inside } from "./view.ts";

/** How the solved clue would look if only this shadow's sun were as it is now, beside where it was before the drag. */
export function shiftedClue(clue: Clue, reply: FrameReply, before: Mark, now: Mark): Clue | null {
  const camera = reply.overlay.camera;
  if (camera === null) return null;
  const [was, is] = [before, now].map((mark) => (mark.base_px === undefined || mark.top_px === undefined || mark.tip_px === undefined ? null : sunOf(camera, mark.base_px, mark.top_px, mark.tip_px)));
  if (was == null || is == null) return null;
  const [from, to] = [angles(camera, was), angles(camera, is)];
  // One of n shadows moves their common sun by about an nth.
  const share = 1 / Math.max(1, reply.marks.filter((mark) => mark.used && mark.means === "shadow").length);
  const turn = ((((to.relativeDeg - from.relativeDeg) % 360) + 540) % 360) - 180;
  const moved = (value: unknown, by: number): unknown => (typeof value === "number" ? value + share * by : value);
  const climbed = Math.min(Math.max(Number(clue["elevation_deg"]) + share * (to.elevationDeg - from.elevationDeg), -1), 89.9);
  return {
    ...clue,
    ...(clue["azimuth_deg"] === undefined ? {} : { azimuth_deg: moved(clue["azimuth_deg"], turn) as number }),
    ...(clue["relative_azimuth_deg"] === undefined ? {} : { relative_azimuth_deg: moved(clue["relative_azimuth_deg"], turn) as number }),
    elevation_deg: climbed,
  };
}

export function holdPoint(mark: number, path: Path, at: Point): void {
  const size = pictureSize.peek();
  const key = frameKey.peek();
  if (size === null || key === null) return;
  held.value = { mark, path, at: inside(at, size) };
  const kept = inquiry.peek().frames[key]?.marks.mark[mark];
  const reply = frameReplies.peek()[key];
  const clue = reply?.clues[0];
  if (kept === undefined || reply === undefined || clue === undefined || typeof clue["elevation_deg"] !== "number") return;
  const fresh = shiftedClue(clue, reply, kept, marks.peek()[mark] ?? kept);
  if (fresh !== null) draft.value = { clues: cluesWith(key, [fresh]), held: "mark" };
}

/** Ends the drag; returns where the point was let go. */
export function letGo(): Point | null {
  const now = held.peek();
  held.value = null;
  draft.value = null;
  if (now === null) return null;
  const key = frameKey.peek();
  const kept = key === null ? undefined : inquiry.peek().frames[key]?.marks.mark[now.mark];
  return kept === undefined || pointAt(kept, now.path) === undefined ? null : now.at;
}
