/** The map on its canvas: the ground, the user's layers, the answer, the lines over it, and the labels. */
import { effect } from "@preact/signals";
import { dir, language, ownWay, plain, t } from "../i18n/index.ts";
import { forgotten, inquiry, selection } from "../store/signals.ts";
import type { AnswerMap } from "../types.ts";
import { isFree, type Rect } from "../ui/canvas_text.ts";
import { colour, Sheet } from "../ui/hooks.ts";
import { dark } from "../ui/theme.ts";
import { LEVELS, outlinesOf, rasterFor } from "./answer_shapes.ts";
import { base, places, type Base } from "./base.ts";
import { graticule, trace, type Lines } from "./draw.ts";
import { paintLabels } from "./labels.ts";
import { drawGround, loaded, type Loaded } from "./layers.ts";
import { PRIOR_DASH, priorArea } from "./prior_area.ts";
import { factorsOf, project, scaleBar, xOf, yOf, type MapExtent } from "./projection.ts";
import { drawRaster } from "./raster.ts";
import type { Shapes } from "./shapes.ts";
import { readable, type Readable } from "./specks.ts";

type Context = CanvasRenderingContext2D;

/** From this scale on the coast of the region is drawn, not that of the world. */
export const REGION_SCALE = 14;
/** The scale bar stands where less than this is seen [deg]. */
const SCALE_BAR_DEG = 300;

/** Painted once for a view: a new answer leaves the ground, the lines over it and the words as they are. */
const sheets = { ground: new Sheet(), lines: new Sheet(), words: new Sheet() };
effect(() => {
  if (forgotten.value > 0) for (const sheet of Object.values(sheets)) sheet.drop();
});

/** Draws all of the map; `focused`: the keys move it, so its middle is marked. */
export function paintMap(context: Context, view: MapExtent, map: AnswerMap | null, focused: boolean): void {
  const { width, height } = view;
  context.clearRect(0, 0, width, height);
  context.save();
  clipToEarth(context, view);
  const ground = (view.scale > REGION_SCALE ? base.value.region : undefined) ?? base.value.world;
  const of = [view.lat, view.lon, view.scale, ground, dark.value];
  context.lineJoin = "round";
  sheets.ground.lay(context, width, height, of, (on) => paintGround(on, view, ground));
  const layers = layersShown();
  for (const layer of layers) {
    if (layer.ground !== undefined) drawGround(context, view, layer.ground);
    layer.tiles?.draw(context, view);
  }
  if (map !== null) drawAnswer(context, view, map);
  sheets.lines.lay(context, width, height, of, (on) => paintLines(on, view, ground));
  drawPriorArea(context, view);
  if (map !== null) drawOutlines(context, view, map);
  for (const { shapes } of layers) if (shapes !== undefined) drawShapes(context, view, shapes);
  const modes = map !== null && map.modes.length > 0 ? map.modes : NO_MODES;
  const worded = [...of, places.value, inquiry.value.pins, selection.value.place, modes, language.value];
  sheets.words.lay(context, width, height, worded, (on) => paintLabels(on, view, modes, places.value));
  context.restore();
  drawScale(context, view);
  if (focused) drawMiddle(context, view);
}
/** One list for all maps without modes: a sheet is painted anew when what it shows is another object. */
const NO_MODES: AnswerMap["modes"] = [];

/** Nothing is drawn beyond the poles. */
function clipToEarth(context: Context, view: MapExtent): void {
  const factors = factorsOf(view);
  const top = Math.max(0, yOf(factors, 90));
  const bottom = Math.min(view.height, yOf(factors, -90));
  context.beginPath();
  context.rect(0, top, view.width, bottom - top);
  context.clip();
}

/** The user's layers that are shown and have been read. */
function layersShown(): Loaded[] {
  const shown: Loaded[] = [];
  for (const layer of inquiry.value.layers) {
    const read = layer.shown ? loaded.value[layer.id] : undefined;
    if (read !== undefined) shown.push(read);
  }
  return shown;
}

function paintGround(context: Context, view: MapExtent, ground: Base | undefined): void {
  const { width, height } = view;
  context.lineJoin = "round";
  const factors = factorsOf(view);
  context.fillStyle = colour("sea");
  context.fillRect(0, 0, width, height);
  if (ground !== undefined) {
    context.fillStyle = colour("land");
    context.beginPath();
    trace(context, factors, ground.land, width, height, true);
    context.fill("evenodd");
  }
  context.strokeStyle = colour("graticule");
  context.lineWidth = 0.6;
  graticule(context, factors, width, height, height / view.scale);
}

function paintLines(context: Context, view: MapExtent, ground: Base | undefined): void {
  if (ground === undefined) return;
  context.lineJoin = "round";
  strokeLines(context, view, ground.coast, colour("coast"), 0.8);
  context.setLineDash([3, 3]);
  strokeLines(context, view, ground.borders, colour("border"), 0.7);
}

function strokeLines(context: Context, view: MapExtent, lines: readonly Lines[], ink: string, width: number): void {
  context.strokeStyle = ink;
  context.lineWidth = width;
  context.beginPath();
  trace(context, factorsOf(view), lines, view.width, view.height);
  context.stroke();
}

/** The world's grid, and over it, where it is wide enough to be seen, the closer one of the region. */
function drawAnswer(context: Context, view: MapExtent, { region, world }: AnswerMap): void {
  const factors = factorsOf(view);
  const close = region !== null && (region.east - region.west) * factors.kx > 24;
  if (!close) return drawRaster(context, factors, rasterFor(world), view.width);
  const wide = (region.east - region.west) * factors.kx;
  const top = yOf(factors, region.north);
  context.save();
  context.beginPath();
  context.rect(0, 0, view.width, view.height);
  for (const turn of [-360, 0, 360]) {
    context.rect(xOf(factors, region.west + turn), top, wide, yOf(factors, region.south) - top);
  }
  context.clip("evenodd");
  drawRaster(context, factors, rasterFor(world), view.width);
  context.restore();
  drawRaster(context, factors, rasterFor(region), view.width);
}

/** The level whose small parts are shown from afar; those of the others lie in them or about them. */
const SPOTTED = "0.9";
const SPOT_PX = 3.5;

function drawSpots(context: Context, spots: Readable["spots"]): void {
  context.beginPath();
  for (const [x, y] of spots) {
    context.moveTo(x + SPOT_PX, y);
    context.arc(x, y, SPOT_PX, 0, 7);
  }
  for (const [ink, width] of [["halo", 3.4], ["ink", 1.4]] as const) {
    context.strokeStyle = colour(ink);
    context.lineWidth = width;
    context.stroke();
  }
}

/** The credible levels: each line on a pale one, so that it shows on every ground. */
function drawOutlines(context: Context, view: MapExtent, map: AnswerMap): void {
  const factors = factorsOf(view);
  const lines = outlinesOf(map);
  let small: Readable["spots"] = [];
  for (const { level, dash, width } of LEVELS) {
    const { outlines, spots } = readable(lines[level] ?? [], factors, view.width);
    context.beginPath();
    trace(context, factors, outlines, view.width, view.height, true);
    if (level === SPOTTED) small = spots;
    context.setLineDash([]);
    context.strokeStyle = colour("halo");
    context.lineWidth = width + 1.4;
    context.globalAlpha = 0.55;
    context.stroke();
    context.globalAlpha = 1;
    context.setLineDash(dash);
    context.strokeStyle = colour("ink");
    context.lineWidth = width;
    context.stroke();
  }
  context.setLineDash([]);
  drawSpots(context, small);
}

/** The area that the user gave, below the answer's lines and unlike them. */
function drawPriorArea(context: Context, view: MapExtent): void {
  if (priorArea.value.length === 0) return;
  context.beginPath();
  trace(context, factorsOf(view), priorArea.value, view.width, view.height);
  for (const [ink, width, dash] of [["halo", 3.2, []], ["accent", 1.6, PRIOR_DASH]] as const) {
    context.setLineDash([...dash]);
    context.strokeStyle = colour(ink);
    context.lineWidth = width;
    context.stroke();
  }
  context.setLineDash([]);
}

/** A layer of lines, rings and points. */
function drawShapes(context: Context, view: MapExtent, shapes: Shapes): void {
  const factors = factorsOf(view);
  const taken: Rect[] = [];
  context.strokeStyle = colour("bad");
  context.fillStyle = colour("bad");
  context.lineWidth = 1.4;
  context.beginPath();
  trace(context, factors, shapes.lines, view.width, view.height);
  trace(context, factors, shapes.rings, view.width, view.height, true);
  context.stroke();
  for (const point of shapes.points) {
    const [x, y] = project(view, point.lat, point.lon);
    context.fillRect(x - 3, y - 3, 6, 6);
    if (view.scale <= 8 || point.name === "") continue;
    const name = ownWay(plain(point.name));
    const box = { x: x + 4, y: y - 8, w: context.measureText(name).width + 4, h: 16 };
    if (!isFree(box, taken)) continue;
    taken.push(box);
    context.fillText(name, x + 6, y);
  }
}

function drawScale(context: Context, view: MapExtent): void {
  if (view.width / view.scale > SCALE_BAR_DEG) return;
  const { km, pixels } = scaleBar(view, 110);
  const [x, y] = [12, view.height - 14];
  context.strokeStyle = colour("ink");
  context.fillStyle = colour("ink");
  context.lineWidth = 1.4;
  context.beginPath();
  context.moveTo(x, y - 4);
  context.lineTo(x, y);
  context.lineTo(x + pixels, y);
  context.lineTo(x + pixels, y - 4);
  context.stroke();
  context.font = '12px system-ui, "Noto Sans", sans-serif';
  context.textBaseline = "alphabetic";
  context.save(); // the unit stands after its number as the page is read
  context.textAlign = "left";
  context.direction = dir.value;
  const length = km >= 1 ? t("unit.km", { value: km }) : t("unit.m", { value: Math.round(km * 1000) });
  context.fillText(length, x + 2, y - 7);
  context.restore();
}

/** An open cross in the middle: Enter chooses the place under it. */
function drawMiddle(context: Context, { width, height }: MapExtent): void {
  context.strokeStyle = colour("focus");
  context.lineWidth = 1.5;
  context.beginPath();
  for (const [x, y] of [[-14, 0], [4, 0], [0, -14], [0, 4]] as const) {
    context.moveTo(width / 2 + x, height / 2 + y);
    context.lineTo(width / 2 + x + (y === 0 ? 10 : 0), height / 2 + y + (x === 0 ? 10 : 0));
  }
  context.stroke();
}
