/** Everything on the canvas: the photo, what was marked as lines, and what the solution makes of it. */
import type { Mark, Overlay, Point, Polyline } from "../types.ts";
import type { FramePicture, Piece } from "./picture.ts";
import { handles, isMeaning, sigmaOf, type Meaning } from "./points.ts";
import { squares, toView, type Size, type StageView } from "./view.ts";

/** One colour per meaning (Okabe and Ito, brightened for photos); the form of the points says it as well. */
export const COLOURS: Record<Meaning, string> = {
  shadow: "#f0a202", vertical: "#56b4e9", horizon: "#2fbf8f", parallel: "#e27ab0", right_angle: "#b79cff",
  sun_disc: "#ff7a45", landmark: "#f0e442", shadow_edge: "#ffc48a", length: "#7fb2ff", water_line: "#43d6cc",
};
export const colourOf = (mark: Mark): string => (isMeaning(mark.means) ? COLOURS[mark.means] : "#ffffff");
const SOLVED = "#ffffff";
const BAD = "#ff6b57";
const SUN = "#ffd23f";

interface Stroke {
  readonly colour: string;
  readonly width?: number;
  readonly dash?: number[];
  readonly fill?: string;
  readonly closed?: boolean;
  readonly alpha?: number;
}

/** A line with a dark halo and a pale rim, so that it shows on snow and on asphalt. */
export function stroke(context: CanvasRenderingContext2D, points: readonly Point[], { colour, width = 1.6, dash = [], fill, closed = false, alpha = 1 }: Stroke): void {
  if (points.length < 2) return;
  context.save();
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  if (closed) context.closePath();
  context.lineJoin = "round";
  context.lineCap = dash.length > 0 ? "butt" : "round";
  context.globalAlpha = alpha;
  if (fill !== undefined) {
    context.fillStyle = fill;
    context.fill();
  }
  for (const [ink, extra] of [["rgb(255 255 255 / 0.3)", 3.6], ["rgb(12 16 20 / 0.75)", 2.2]] as const) {
    context.strokeStyle = ink;
    context.lineWidth = width + extra;
    context.stroke();
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke();
  context.restore();
}

function label(context: CanvasRenderingContext2D, text: string, at: Point, colour: string): void {
  context.save();
  context.font = "600 12px system-ui, 'Noto Sans', 'Noto Sans Arabic', sans-serif";
  context.lineJoin = "round";
  context.strokeStyle = "rgb(12 16 20 / 0.85)";
  context.lineWidth = 3.5;
  context.strokeText(text, at[0], at[1]);
  context.fillStyle = colour;
  context.fillText(text, at[0], at[1]);
  context.restore();
}

export function paintPhoto(context: CanvasRenderingContext2D, frame: FramePicture, pieces: readonly Piece[], view: StageView, stage: Size, ground: string): void {
  context.fillStyle = ground;
  context.fillRect(0, 0, stage.width, stage.height);
  context.imageSmoothingEnabled = !squares(view);
  context.imageSmoothingQuality = "high";
  const { width, height } = frame.size;
  context.drawImage(frame.bitmap, view.x, view.y, width * view.scale, height * view.scale);
  for (const piece of pieces) {
    const [x, y] = toView(view, [piece.x, piece.y]);
    context.drawImage(piece.bitmap, x, y, piece.w * view.scale, piece.h * view.scale);
  }
}

/** Lines between the points of a mark, and one sigma around each. */
export function paintMark(context: CanvasRenderingContext2D, mark: Mark, view: StageView, strong: boolean): void {
  const colour = colourOf(mark);
  const put = (px: Point): Point => toView(view, px);
  const width = strong ? 2.2 : 1.5;
  const points = handles(mark);
  if (mark.means === "shadow" || mark.means === "vertical") {
    if (mark.base_px !== undefined && mark.top_px !== undefined) stroke(context, [put(mark.base_px), put(mark.top_px)], { colour, width });
    if (mark.base_px !== undefined && mark.tip_px !== undefined) stroke(context, [put(mark.base_px), put(mark.tip_px)], { colour, width: width - 0.4, dash: [7, 3] });
  } else if (mark.means === "horizon" || mark.means === "water_line") {
    const sorted = [...(mark.points_px ?? [])].sort((a, b) => a[0] - b[0]).map(put);
    stroke(context, sorted, { colour, width: 1, dash: mark.means === "horizon" ? [2, 4] : [6, 3, 2, 3], alpha: 0.9 });
  } else {
    const lines = [...(mark.lines_px ?? []), mark["line_px"], mark["edge_px"]] as ([number, number, number, number] | undefined)[];
    for (const line of lines) {
      if (line !== undefined) stroke(context, [put([line[0], line[1]]), put([line[2], line[3]])], { colour, width, dash: mark.means === "length" ? [8, 4] : [] });
    }
  }
  for (const { path, at } of points) {
    const radius = sigmaOf(mark, path) * view.scale;
    if (radius > 7) stroke(context, circle(put(at), radius), { colour, width: 1, closed: true, alpha: 0.75, dash: [3, 3] });
  }
}

export function circle(at: Point, radius: number): Point[] {
  return Array.from({ length: 48 }, (_, k): Point => [at[0] + radius * Math.cos((k * Math.PI) / 24), at[1] + radius * Math.sin((k * Math.PI) / 24)]);
}

export interface Words {
  readonly horizon: string;
  readonly sun: string;
  readonly toSun: string;
  readonly zenith: string;
  readonly nadir: string;
}

/** What the solution predicts: horizon, plumb lines, shadows with their ellipses, the sun. */
export function paintOverlay(context: CanvasRenderingContext2D, overlay: Overlay, view: StageView, stage: Size, words: Words, left: ReadonlySet<number>): void {
  const put = (line: Polyline): Point[] => line.map((px) => toView(view, px));
  if (overlay.horizon !== null) {
    // Far outside the picture the lens model bends the line for no reason.
    const wide = overlay.camera?.width_px ?? Infinity;
    const line = put(overlay.horizon.filter(([x]) => x > -0.3 * wide && x < 1.3 * wide));
    stroke(context, line, { colour: "#5fb7ff", width: 1.8 });
    const shown = line.find(([x, y]) => x > 10 && x < stage.width - 90 && y > 18 && y < stage.height - 6);
    if (shown !== undefined) label(context, words.horizon, [shown[0] + 6, shown[1] - 7], "#9fd4ff");
  }
  for (const plumb of overlay.plumbs) stroke(context, put(plumb.line), { colour: "#2fbf8f", width: 1, dash: [2, 4], alpha: 0.85 });
  for (const shadow of overlay.shadows) {
    const bad = left.has(shadow.mark);
    if (shadow.ellipse.length > 2) stroke(context, put(shadow.ellipse), { colour: bad ? BAD : SOLVED, width: 1, closed: true, fill: "rgb(255 255 255 / 0.16)", alpha: 0.9 });
    stroke(context, put(shadow.line), { colour: bad ? BAD : SOLVED, width: 1.4, dash: [5, 5] });
  }
  for (const [px, word] of [[overlay.zenith_px, words.zenith], [overlay.nadir_px, words.nadir]] as const) {
    if (px === null) continue;
    const [x, y] = toView(view, px);
    if (x < 0 || y < 0 || x > stage.width || y > stage.height) continue;
    stroke(context, circle([x, y], 6), { colour: "#2fbf8f", closed: true });
    label(context, word, [x + 11, y + 4], "#8fe3c4");
  }
  paintSun(context, overlay, view, stage, words);
}

function paintSun(context: CanvasRenderingContext2D, overlay: Overlay, view: StageView, stage: Size, words: Words): void {
  if (overlay.sun_ellipse !== null) stroke(context, overlay.sun_ellipse.map((px) => toView(view, px)), { colour: SUN, width: 1.2, closed: true, fill: "rgb(255 210 63 / 0.25)" });
  if (overlay.sun_px === null) return;
  paintTrialSun(context, overlay.sun_px, view, stage, words);
}

/** The sun's disc where it is on the stage, else an arrow at its edge. */
export function paintTrialSun(context: CanvasRenderingContext2D, px: Point, view: StageView, stage: Size, words: Words): void {
  const [x, y] = toView(view, px);
  if (x > 8 && y > 8 && x < stage.width - 8 && y < stage.height - 8) {
    stroke(context, circle([x, y], 7), { colour: "#d95f00", closed: true, width: 2, fill: SUN });
    label(context, words.sun, [x + 13, y + 4], SUN);
    return;
  }
  const middle: Point = [stage.width / 2, stage.height / 2];
  const way: Point = [x - middle[0], y - middle[1]];
  const share = Math.min((stage.width / 2 - 26) / Math.max(Math.abs(way[0]), 1e-6), (stage.height / 2 - 26) / Math.max(Math.abs(way[1]), 1e-6));
  const tip: Point = [middle[0] + way[0] * share, middle[1] + way[1] * share];
  const length = Math.hypot(...way);
  const along: Point = [way[0] / length, way[1] / length];
  const at = (back: number, side: number): Point => [tip[0] - back * along[0] - side * along[1], tip[1] - back * along[1] + side * along[0]];
  stroke(context, [at(30, 0), at(8, 0)], { colour: SUN, width: 3 });
  stroke(context, [at(0, 0), at(12, 7), at(12, -7)], { colour: "#d95f00", width: 1.5, closed: true, fill: SUN });
  context.textAlign = tip[0] > stage.width - 120 ? "right" : "left";
  label(context, words.toSun, at(38, 0), SUN);
  context.textAlign = "start";
}

/** The shadows that a dragged sun would cast. */
export function paintTrial(context: CanvasRenderingContext2D, lines: readonly Polyline[], view: StageView): void {
  for (const line of lines) {
    const put = line.map((px) => toView(view, px));
    const tip = put.at(-1);
    stroke(context, put, { colour: SUN, width: 4, alpha: 0.95 });
    if (tip !== undefined) stroke(context, circle(tip, 5), { colour: SUN, closed: true, width: 2 });
  }
}

/** A hair cross for the keyboard's cursor, open in the middle. */
/** The nine parts with their numbers, each in a corner so that nothing of the photo's middle is hidden. */
export function paintNinths(context: CanvasRenderingContext2D, part: { x: number; y: number; width: number; height: number }, view: StageView): void {
  const [left, top] = toView(view, [part.x, part.y]);
  const [width, height] = [part.width * view.scale, part.height * view.scale];
  for (let k = 0; k <= 3; k += 1) {
    stroke(context, [[left + (k * width) / 3, top], [left + (k * width) / 3, top + height]], { colour: "#ffffff", width: 1 });
    stroke(context, [[left, top + (k * height) / 3], [left + width, top + (k * height) / 3]], { colour: "#ffffff", width: 1 });
  }
  context.font = "600 16px sans-serif";
  context.textAlign = "left";
  context.textBaseline = "top";
  for (let k = 0; k < 9; k += 1) {
    const at: Point = [left + ((k % 3) * width) / 3 + 5, top + (Math.floor(k / 3) * height) / 3 + 5];
    context.fillStyle = "rgb(20 24 26 / 0.75)";
    context.fillRect(at[0] - 2, at[1] - 2, 16, 20);
    context.fillStyle = "#ffffff";
    context.fillText(String(k + 1), at[0] + 1, at[1]);
  }
}

export function paintCross(context: CanvasRenderingContext2D, at: Point, arm: number): void {
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
    stroke(context, [[at[0] + 5 * dx, at[1] + 5 * dy], [at[0] + arm * dx, at[1] + arm * dy]], { colour: "#ffffff", width: 1.2 });
  }
}
