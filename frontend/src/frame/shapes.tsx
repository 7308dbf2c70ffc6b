/** The form of each kind of point: open in the middle, so that the pixel itself stays visible. */
import { colourOf } from "./paint.ts";
import type { Mark } from "../types.ts";
import { isMeaning, type Meaning, type Role } from "./points.ts";

const POST: Record<"base" | "top" | "tip", string> = {
  base: "M-6-6H6V6H-6z",
  top: "M0-8 7 5.5H-7z",
  tip: "M0-6.5A6.5 6.5 0 1 1 0 6.5 6.5 6.5 0 1 1 0-6.5z",
};
const RAYS = "M0-5A5 5 0 1 1 0 5 5 5 0 1 1 0-5zM0-11V-8M0 8V11M-11 0H-8M8 0H11M-7.8-7.8-5.7-5.7M5.7 5.7 7.8 7.8M-7.8 7.8-5.7 5.7M5.7-5.7 7.8-7.8";
const CROSS = "M-7-7-2-2M2 2 7 7M-7 7-2 2M2-2 7-7";

/** One form for each meaning; a thing with a shadow has three, an upright thing two. */
const FORMS: Record<Meaning, (role: Role) => string> = {
  shadow: (role) => (role === "base" || role === "top" ? POST[role] : POST.tip),
  vertical: (role) => (role === "base" ? "M-8 0H-3M3 0H8M0-3V-9" : "M-8 0H-3M3 0H8M0 3V9"),
  horizon: () => CROSS,
  water_line: () => "M-10 1C-8-6-5-6-3 0M3 0C5 6 8 6 10-1",
  parallel: () => "M0-7 7 0 0 7-7 0z",
  right_angle: () => "M-6-7V6H7M-6 1H-1V6",
  length: () => "M-4-8H4M-4 8H4M0-8V-2.5M0 2.5V8",
  shadow_edge: (role) => (role === "start" || role === "edge-start" ? "M-7 4A7 7 0 0 1 7 4z" : "M-7-4A7 7 0 0 0 7-4z"),
  landmark: () => "M0-6A6 6 0 1 1 0 6 6 6 0 1 1 0-6zM-11 0H-6M6 0H11M0-11V-6M0 6V11",
  sun_disc: () => RAYS,
};

export function PointShape({ mark, role, size = 24 }: { mark: Pick<Mark, "means">; role: Role; size?: number }) {
  const path = isMeaning(mark.means) ? FORMS[mark.means](role) : CROSS;
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
  shadow: "tip", vertical: "base", horizon: "point", parallel: "start", right_angle: "start", sun_disc: "disc",
  landmark: "place", shadow_edge: "start", length: "start", water_line: "point",
};
