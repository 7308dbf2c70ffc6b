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
