/** The form of each kind of point: open in the middle, so that the pixel itself stays visible. */
import { colourOf } from "./paint.ts";
import type { Mark } from "../types.ts";
import type { Role } from "./points.ts";

const PATHS: Record<Role, string> = {
  base: "M-6-6H6V6H-6z",
  top: "M0-8 7 5.5H-7z",
  tip: "M0-6.5A6.5 6.5 0 1 1 0 6.5 6.5 6.5 0 1 1 0-6.5z",
  start: "M0-7 7 0 0 7-7 0z",
  end: "M-7 0 0-7 7 0 0 7z",
  "edge-start": "M-6 0H-2M2 0H6M0-6V6",
  "edge-end": "M-6 0H-2M2 0H6M0-6V6",
  point: "M-7-7-2-2M2 2 7 7M-7 7-2 2M2-2 7-7",
  place: "M0-6A6 6 0 1 1 0 6 6 6 0 1 1 0-6zM-11 0H-6M6 0H11M0-11V-6M0 6V11",
  disc: "M0-5A5 5 0 1 1 0 5 5 5 0 1 1 0-5zM0-11V-8M0 8V11M-11 0H-8M8 0H11M-7.8-7.8-5.7-5.7M5.7 5.7 7.8 7.8M-7.8 7.8-5.7 5.7M5.7-5.7 7.8-7.8",
};

export function PointShape({ mark, role, size = 24 }: { mark: Pick<Mark, "means">; role: Role; size?: number }) {
  const path = PATHS[role];
  return (
    <svg viewBox="-12 -12 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={path} fill="none" stroke="rgb(255 255 255 / 0.45)" stroke-width="6.4" stroke-linejoin="round" stroke-linecap="round" />
      <path d={path} fill="none" stroke="#0c1014" stroke-width="4.4" stroke-linejoin="round" stroke-linecap="round" />
      <path d={path} fill="none" stroke={colourOf(mark as Mark)} stroke-width="2" stroke-linejoin="round" stroke-linecap="round" />
      <circle r="1.2" fill={colourOf(mark as Mark)} stroke="#0c1014" stroke-width="0.6" />
    </svg>
  );
}

/** The role that stands for a meaning in its button. */
export const SIGN: Record<string, Role> = {
  shadow: "tip", vertical: "top", horizon: "point", parallel: "start", right_angle: "edge-start", sun_disc: "disc",
  landmark: "place", shadow_edge: "end", length: "start", water_line: "point",
};
