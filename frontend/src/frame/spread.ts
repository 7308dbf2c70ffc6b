/** Points of a photo that lie close together, drawn apart, so that each can be met with a pointer or a finger. */
import type { Point } from "../types.ts";

/** So wide and high is the place where a point can be taken [px of the view]. */
export const TARGET_PX = 24;
const APART_PX = TARGET_PX + 0.5;
const ROUNDS = 60;

/**
 * Where each point is drawn: at its own place, or moved so far that no two squares of TARGET_PX meet. The kept one stays where it is,
 * so that a point is set on the pixel that is seen under it. Points on one spot part in the order they are given.
 */
export function spread(places: readonly Point[], kept: number): Point[] {
  const at = places.map(([x, y]): [number, number] => [x, y]);
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = false;
    for (let one = 0; one < at.length; one += 1)
      for (let other = one + 1; other < at.length; other += 1) moved = part(at[one], at[other], [one, other].indexOf(kept)) || moved;
    if (!moved) break;
  }
  return at;
}

/** Moves two points apart along the way they are further apart already; `kept` is 0 or 1 for the one that stays, else -1. */
function part(one: [number, number] | undefined, other: [number, number] | undefined, kept: number): boolean {
  if (one === undefined || other === undefined) return false;
  const [dx, dy] = [other[0] - one[0], other[1] - one[1]];
  const axis = Math.abs(dx) > Math.abs(dy) ? 0 : 1;
  const apart = axis === 0 ? dx : dy;
  const lacks = APART_PX - Math.abs(apart);
  if (lacks <= 1e-6) return false;
  const way = apart < 0 ? -1 : 1;
  one[axis] -= way * lacks * (kept === 0 ? 0 : kept === 1 ? 1 : 0.5);
  other[axis] += way * lacks * (kept === 1 ? 0 : kept === 0 ? 1 : 0.5);
  return true;
}
