/** The redaction plan as the screen uses it. Boxes are left, top, right, bottom in pixels of the upright frame. */
import type { RedactionPlan } from "../types.ts";

export type Box = [number, number, number, number];

export interface Stretch {
  from_s: number;
  to_s: number;
  why: string;
}

export interface Plan extends RedactionPlan {
  frame_count: number;
  width_px: number;
  height_px: number;
  times_s: number[];
  review: Stretch[];
  edited_frames: number[];
  reviewed: { by: string; at_utc: string } | null;
  boxes: Record<string, Box[]>;
}

/** Whether no faces were looked for: then no box and nothing to look at says nothing about faces. */
export const notLookedFor = (plan: Plan): boolean => plan["faces"] === null || plan["faces"] === undefined;

/** A box between two points of a frame, kept on it; null where it is too small to be meant. */
export function drawnBox([x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number], width: number, height: number): Box | null {
  const within = (value: number, most: number): number => Math.round(Math.min(most, Math.max(0, value)));
  const box: Box = [within(Math.min(x0, x1), width), within(Math.min(y0, y1), height), within(Math.max(x0, x1), width), within(Math.max(y0, y1), height)];
  return box[2] - box[0] < LEAST_PX || box[3] - box[1] < LEAST_PX ? null : box;
}
const LEAST_PX = 4;

/** The name of the hidden copy beside a case: that of the file it is made from. */
export function copyName(name: string, kind: string): string {
  const own = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  const stem = own.replace(/\.[^.]{1,5}$/, "").replace(/[\u0000-\u001f<>:"|?*\u200b-\u200f\u202a-\u202e\u2060-\u2069]/g, "_");
  return `${stem === "" ? "file" : stem}-hidden${kind === "photo" ? ".png" : ".mp4"}`;
}

export const boxesOf = (plan: Plan, frame: number): Box[] => plan.boxes[String(frame)] ?? [];

/** Other boxes on a frame: whoever looked before must look again. */
export function withBoxes(plan: Plan, frame: number, boxes: Box[]): Plan {
  const all: Record<string, Box[]> = { ...plan.boxes, [String(frame)]: boxes };
  const kept = Object.entries(all).filter(([, rows]) => rows.length > 0).sort(([a], [b]) => Number(a) - Number(b));
  return { ...plan, boxes: Object.fromEntries(kept), edited_frames: [...new Set([...plan.edited_frames, frame])].sort((a, b) => a - b), reviewed: null };
}

/** A box moved or grown, kept on the frame and at least 4 px wide. */
export function nudged(box: Box, dx: number, dy: number, grow: boolean, width: number, height: number): Box {
  const [left, top, right, bottom] = box;
  if (grow) return [left, top, Math.min(width, Math.max(left + 4, right + dx)), Math.min(height, Math.max(top + 4, bottom + dy))];
  const x = Math.max(-left, Math.min(width - right, dx));
  const y = Math.max(-top, Math.min(height - bottom, dy));
  return [left + x, top + y, right + x, bottom + y];
}
