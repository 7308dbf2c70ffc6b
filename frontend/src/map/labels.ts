/** Words and numbers over the map: pins, modes and the names of places. None covers another. */
import { number, ownWay, plain } from "../i18n/index.ts";
import { inquiry, selection } from "../store/signals.ts";
import type { Mode, Place } from "../types.ts";
import { haloText, isFree, labelLeft, shortened, type Rect } from "../ui/canvas_text.ts";
import { colour } from "../ui/hooks.ts";
import { MOST_MODES } from "./answer_shapes.ts";
import { linesOf, names, trace } from "./draw.ts";
import { signable } from "./standing.ts";
import { circle, factorsOf, project, type MapExtent } from "./projection.ts";

const FONT = '600 12px system-ui, "Noto Sans", "Noto Sans Arabic", sans-serif';
const NUMBER_FONT = '600 12px system-ui, "Noto Sans", sans-serif';

/** What the scale bar takes in the lower left corner: width and height. */
const SCALE_BAR_PX = [130, 32] as const;

/** Pins first, then modes, then places: what comes first keeps its place. */
export function paintLabels(context: CanvasRenderingContext2D, view: MapExtent, modes: readonly Mode[], places: readonly Place[]): void {
  const taken: Rect[] = [{ x: 0, y: view.height - SCALE_BAR_PX[1], w: SCALE_BAR_PX[0], h: SCALE_BAR_PX[1] }];
  context.lineJoin = "round";
  drawPins(context, view, taken);
  drawModes(context, view, modes, taken);
  names(context, factorsOf(view), places, view, { ink: colour("label"), halo: colour("halo") }, taken);
}

interface MapPin {
  place: [number, number];
  km: number;
  label: string;
  tone: "accent" | "focus";
}

/** The places claimed, and the place chosen. */
function pinsShown(): MapPin[] {
  const pins: MapPin[] = [];
  for (const { place, km, label } of inquiry.value.pins) if (place !== null) pins.push({ place, km, label, tone: "accent" });
  const { place } = selection.value;
  if (place !== null) pins.push({ place, km: 0, label: "", tone: "focus" });
  return pins;
}

function drawPins(context: CanvasRenderingContext2D, view: MapExtent, taken: Rect[]): void {
  context.font = FONT;
  context.textBaseline = "middle";
  for (const pin of pinsShown()) {
    const at = project(view, pin.place[0], pin.place[1]);
    context.strokeStyle = colour(pin.tone);
    context.lineWidth = 1.8;
    if (pin.km > 0) drawCircle(context, view, pin);
    drawCross(context, at);
    if (pin.label !== "") drawPinLabel(context, view, pin, at, taken);
  }
}

function drawCircle(context: CanvasRenderingContext2D, view: MapExtent, { place, km }: MapPin): void {
  const ring = linesOf([circle(place[0], place[1], km).flat()]);
  context.beginPath();
  trace(context, factorsOf(view), ring, view.width, view.height, true);
  context.stroke();
}

function drawCross(context: CanvasRenderingContext2D, [x, y]: readonly [number, number]): void {
  context.beginPath();
  context.arc(x, y, 5, 0, 7);
  context.moveTo(x - 9, y);
  context.lineTo(x + 9, y);
  context.moveTo(x, y - 9);
  context.lineTo(x, y + 9);
  context.stroke();
}

/** Beside its cross, a line up or down where that place is taken. */
function drawPinLabel(
  context: CanvasRenderingContext2D, view: MapExtent, pin: MapPin, [x, y]: readonly [number, number], taken: Rect[],
): void {
  const label = ownWay(shortened(plain(pin.label), view.width - 8, (text) => context.measureText(text).width));
  const wide = context.measureText(label).width;
  const left = labelLeft(x, wide, view.width);
  const boxAt = (dy: number): Rect => ({ x: left, y: y + dy - 8, w: wide, h: 16 });
  const beside = left >= x + 12 || left + wide <= x - 12;
  const free = (beside ? [0, 16, -16, 32, -32] : [16, -16, 32, -32]).find((dy) => isFree(boxAt(dy), taken));
  // Where no line is free the cross stands alone; its name is in the list of claims.
  taken.push({ x: x - 9, y: y - 9, w: 18, h: 18 });
  if (free === undefined) return;
  taken.push(boxAt(free));
  haloText(context, label, left, y + free, { ink: colour(pin.tone), halo: colour("halo") });
}

/** Numbers that point into the list of modes; the region itself is the answer. */
function drawModes(context: CanvasRenderingContext2D, view: MapExtent, modes: readonly Mode[], taken: Rect[]): void {
  if (modes.length === 0) return;
  context.font = NUMBER_FONT;
  context.textBaseline = "middle";
  context.textAlign = "center";
  for (const [index, mode] of modes.slice(0, MOST_MODES).entries()) {
    if (!signable(mode, view)) continue;
    const [x, y] = project(view, mode.lat_deg, mode.lon_deg);
    const box = { x: x - 9, y: y - 9, w: 18, h: 18 };
    if (!isFree({ ...box, w: 12, h: 12 }, taken)) continue; // two numbers may touch
    taken.push(box);
    context.fillStyle = colour("card");
    context.strokeStyle = colour("ink");
    context.lineWidth = 1.2;
    context.beginPath();
    context.arc(x, y, 8.5, 0, 7);
    context.fill();
    context.stroke();
    context.fillStyle = colour("ink");
    context.fillText(number(index + 1), x, y + 0.5);
  }
  context.textAlign = "left";
}
