import { effect, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { instantMap } from "../focus.ts";
import { clock, day, language, moment, number, ownWay, percent, plain, rough, t } from "../i18n/index.ts";
import { answer, answerFirst, answerMap, answerStale, caseState, draft, forgotten, inquiry, preview, select, selection } from "../state.ts";
import type { AnswerMap, Grid, Level, Mode } from "../types.ts";
import { colour, prepare, Sheet, useSize } from "../ui/hooks.ts";
import { Button, Told } from "../ui/parts.tsx";
import { dark } from "../ui/theme.ts";
import { base, needBase, needPlaces, places } from "./base.ts";
import { graticule, linesOf, names, ringsOf, trace, type Lines } from "./draw.ts";
import { LayersMenu } from "./layers_menu.tsx";
import { arrived, drawGround, loaded } from "./layers.ts";
import { circle, clamp, fit, frameOf, panned, project, scaleBar, seen, settle, unproject, worldScale, xOf, yOf, zoomAt, type Box, type View } from "./projection.ts";
import { drawRaster, rasterOf, type Raster } from "./raster.ts";

const view_: View = { lat: 0, lon: 10, scale: 0, width: 0, height: 0 };
const LEVELS: { level: Level; dash: number[]; width: number }[] = [
  { level: "0.99", dash: [1.6, 3.6], width: 1.3 },
  { level: "0.9", dash: [8, 4], width: 1.6 },
  { level: "0.5", dash: [], width: 2.1 },
];

const rasters = new WeakMap<Grid, { dark: boolean; raster: Raster }>();
function rasterFor(grid: Grid): Raster {
  const known = rasters.get(grid);
  if (known?.dark === dark.value) return known.raster;
  const raster = rasterOf(grid, dark.value);
  rasters.set(grid, { dark: dark.value, raster });
  return raster;
}
const outlines = new WeakMap<AnswerMap, Record<string, Lines[]>>();
function outlinesOf(map: AnswerMap): Record<string, Lines[]> {
  let known = outlines.get(map);
  if (known === undefined) {
    known = Object.fromEntries(LEVELS.map(({ level }) => [level, map.contours?.[level] === undefined ? [] : ringsOf(map.contours[level])]));
    outlines.set(map, known);
  }
  return known;
}

/** The box of a list of outlines, joined over the 180th meridian where that is shorter. */
export function boxOf(lines: readonly Lines[]): Box | null {
  if (lines.length === 0) return null;
  const south = Math.min(...lines.map((line) => line.south));
  const north = Math.max(...lines.map((line) => line.north));
  const plain = { west: Math.min(...lines.map((line) => line.west)), east: Math.max(...lines.map((line) => line.east)) };
  const shifted = lines.map((line) => (line.east < 0 ? { west: line.west + 360, east: line.east + 360 } : line));
  const over = { west: Math.min(...shifted.map((line) => line.west)), east: Math.max(...shifted.map((line) => line.east)) };
  return { south, north, ...(over.east - over.west < plain.east - plain.west ? over : plain) };
}

export function MapView() {
  const [stage, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useSignal<View>(view_);
  const focused = useSignal(false);
  const hover = useSignal<[number, number] | null>(null);
  const shown = useComputed<{ map: AnswerMap | null; kind: "answer" | "instant" | "preview" }>(() => {
    const quick = draft.value !== null ? preview.value?.map : undefined;
    if (quick !== undefined) return { map: { world: quick, region: null, contours: null, modes: [] }, kind: "preview" };
    if (instantMap.value !== null) return { map: instantMap.value, kind: "instant" };
    return { map: answerMap.value, kind: "answer" };
  });

  useEffect(() => {
    if (size.width === 0) return;
    const old = view.peek();
    view.value = settle({ ...old, width: size.width, height: size.height, scale: old.scale === 0 ? worldScale(size.width, size.height) : old.scale });
  }, [size.width, size.height]);

  useSignalEffect(() => {
    const now = view.value;
    if (now.width === 0 || caseState.value === null) return;
    needBase("world");
    if (now.scale > 14) needBase("region");
    needPlaces(seen(now), Math.round(clamp((now.width * now.height) / 9000, 20, 80)));
  });

  useSignalEffect(() => {
    const context = canvas.current === null || view.value.width === 0 ? null : prepare(canvas.current, view.value.width, view.value.height);
    void dark.value;
    void arrived.value;
    if (context !== null) draw(context, view.value, shown.value.map, focused.value);
  });

  const moveTo = (next: View): void => {
    view.value = next;
  };
  const world = (): void => moveTo(settle({ ...view.value, lat: 0, lon: 10, scale: 0 }));
  const fitAnswer = (): void => {
    const map = shown.value.map;
    const box = map === null ? null : boxOf(outlinesOf(map)["0.9"] ?? []);
    if (box !== null) moveTo(fit(box, size.width, size.height));
  };
  const pick = (x: number, y: number): void => {
    const at = unproject(view.value, x, y);
    if (at !== null) select({ place: [Math.round(at[0] * 1e4) / 1e4, Math.round(at[1] * 1e4) / 1e4] });
  };

  const held = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    held.current = { x: event.offsetX, y: event.offsetY, moved: false };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    hover.value = unproject(view.value, event.offsetX, event.offsetY);
    const start = held.current;
    if (start === null) return;
    const dx = event.offsetX - start.x;
    const dy = event.offsetY - start.y;
    if (!start.moved && Math.hypot(dx, dy) < 4) return;
    held.current = { x: event.offsetX, y: event.offsetY, moved: true };
    moveTo(panned(view.value, dx, dy));
  };
  const up = (event: PointerEvent): void => {
    if (held.current !== null && !held.current.moved) pick(event.offsetX, event.offsetY);
    held.current = null;
  };
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    moveTo(zoomAt(view.value, event.offsetX, event.offsetY, Math.exp(-clamp(event.deltaY, -200, 200) / 240)));
  };
  useEffect(() => {
    const element = canvas.current;
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, []);
  const zoom = (factor: number): void => moveTo(zoomAt(view.value, size.width / 2, size.height / 2, factor));
  const keys = (event: KeyboardEvent): void => {
    const far = event.shiftKey ? 160 : 40;
    const acts: Record<string, () => void> = {
      ArrowLeft: () => moveTo(panned(view.value, far, 0)),
      ArrowRight: () => moveTo(panned(view.value, -far, 0)),
      ArrowUp: () => moveTo(panned(view.value, 0, far)),
      ArrowDown: () => moveTo(panned(view.value, 0, -far)),
      "+": () => zoom(1.5),
      "=": () => zoom(1.5),
      "-": () => zoom(1 / 1.5),
      Home: world,
      Enter: () => pick(size.width / 2, size.height / 2),
      " ": () => pick(size.width / 2, size.height / 2),
      Escape: () => select({ place: null, from: null, to: null }),
    };
    const act = acts[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };

  // A first answer brings its region into view; later ones leave the view to the hand that moved it.
  const seenAnswer = useRef(false);
  useSignalEffect(() => {
    const map = answerMap.value;
    if (map === null || view.value.width === 0) {
      if (caseState.value === null) seenAnswer.current = false;
      return;
    }
    if (seenAnswer.current) return;
    seenAnswer.current = true;
    const box = boxOf(outlinesOf(map)["0.9"] ?? []);
    if (box !== null && box.east - box.west < 120) moveTo(fit(box, view.value.width, view.value.height));
  });

  const { kind } = shown.value;
  const { from, place } = selection.value;
  return (
    <>
      <header class="region-head">
        <h2>{t("region.map")}</h2>
        <p class="region-say">
          {kind === "preview" ? t("map.preview") : kind === "instant" && from !== null ? t("map.instant", { when: moment(from) }) : answer.value === null ? "" : t("map.legend")}
        </p>
        <div class="toolbar" role="toolbar" aria-label={t("map.tools")}>
          {(from !== null || place !== null) && <Button kind="quiet" onClick={() => select({ place: null, from: null, to: null })}>{t("map.whole")}</Button>}
          <Button icon="minus" kind="quiet" bare onClick={() => zoom(1 / 1.6)}>{t("map.zoomOut")}</Button>
          <Button icon="plus" kind="quiet" bare onClick={() => zoom(1.6)}>{t("map.zoomIn")}</Button>
          <Button icon="world" kind="quiet" bare onClick={world}>{t("map.world")}</Button>
          <Button kind="quiet" onClick={fitAnswer} disabled={answerMap.value === null}>{t("map.fit")}</Button>
          <LayersMenu />
        </div>
      </header>
      <div class={answerStale.value && answerFirst.value === null && kind !== "preview" ? "map-stage waits" : "map-stage"} ref={stage} dir="ltr">
        <canvas
          ref={canvas} class="map-canvas" tabIndex={0} role="application" aria-roledescription={t("map.role")} aria-label={label()} aria-describedby="map-keys"
          data-kind={kind} onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerLeave={() => { hover.value = null; }}
          onKeyDown={keys} onFocus={() => { focused.value = true; }} onBlur={() => { focused.value = false; }}
        />
        <p id="map-keys" class="unseen">{t("map.keys")}</p>
        <Legend />
        {hover.value !== null && <p class="map-where" aria-hidden="true" dir="ltr">{coordinates(hover.value, view.value)}</p>}
        <p class="map-credit">{t("map.creditShort")}</p>
      </div>
      <Modes onShow={(mode) => moveTo(fitMode(mode, view.value, size.width, size.height))} />
    </>
  );
}

function label(): string {
  const told = answer.value;
  if (told === null) return t("map.empty");
  return t("map.label", { area: rough(told.answer.credible["0.9"].area_km2), count: told.answer.modes.length });
}

function coordinates([lat, lon]: [number, number], view: View): string {
  const digits = view.scale > 200 ? 4 : view.scale > 20 ? 3 : 1;
  return `${lat.toFixed(digits)}, ${lon.toFixed(digits)}`;
}

function fitMode(mode: Mode, view: View, width: number, height: number): View {
  const half = Math.max(0.05, (Math.sqrt(mode.area_km2) / 111) * 0.9);
  const wide = half / Math.max(0.1, Math.cos((mode.lat_deg * Math.PI) / 180));
  const box = { south: Math.max(-89, mode.lat_deg - half), north: Math.min(89, mode.lat_deg + half), west: mode.lon_deg - wide, east: mode.lon_deg + wide };
  return wide > 120 ? settle({ ...view, lat: 0, lon: mode.lon_deg, scale: 0 }) : fit(box, width, height);
}

function Legend() {
  if (answer.value === null && preview.value?.map === undefined) return null;
  return (
    <ul class="map-legend" aria-label={t("map.legendName")}>
      {[...LEVELS].reverse().map(({ level, dash, width }) => (
        <li key={level}>
          <svg width="26" height="8" aria-hidden="true"><path d="M1 4h24" stroke="currentColor" stroke-width={width} stroke-dasharray={dash.join(" ")} /></svg>
          {percent(Number(level))}
        </li>
      ))}
    </ul>
  );
}

/** Every piece of the 90 % region, by share: the map's twin for keyboard and screen reader. */
function Modes({ onShow }: { onShow: (mode: Mode) => void }) {
  const told = answer.value;
  if (told === null || told.answer.modes.length === 0) return null;
  return (
    <ol class={answerStale.value ? "modes waits" : "modes"} aria-label={t("modes.name")} aria-busy={answerStale.value} tabIndex={-1}>
      {told.answer.modes.slice(0, 24).map((mode, index) => (
        <li key={index}>
          <button type="button" class="mode" onClick={() => { onShow(mode); select({ place: [mode.lat_deg, mode.lon_deg] }); }}>
            <span class="mode-number" aria-hidden="true">{number(index + 1)}</span>
            <span class="mode-share">{percent(mode.mass)}</span>
            <span class="mode-place" dir="auto"><Told>{mode.nearest_place ?? `${mode.lat_deg.toFixed(1)}, ${mode.lon_deg.toFixed(1)}`}</Told></span>
            <span class="mode-when">{span(mode)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function span(mode: Mode): string {
  const [from, to] = [mode.utc_from, mode.utc_to];
  if (day(from) !== day(to)) return `${day(from)} – ${day(to)}`;
  return clock(from) === clock(to) ? `${moment(from)} UTC` : `${moment(from)}–${clock(to)} UTC`;
}

// ---- drawing

function draw(context: CanvasRenderingContext2D, view: View, map: AnswerMap | null, focused: boolean): void {
  const { width, height } = view;
  const frame = frameOf(view);
  context.clearRect(0, 0, width, height);
  const [top, bottom] = [Math.max(0, yOf(frame, 90)), Math.min(height, yOf(frame, -90))];
  context.save();
  context.beginPath();
  context.rect(0, top, width, bottom - top);
  context.clip();
  const ground = (view.scale > 14 ? base.value.region : undefined) ?? base.value.world;
  const of = [view.lat, view.lon, view.scale, ground, dark.value];
  context.lineJoin = "round";
  sheets.ground.lay(context, width, height, of, (on) => paintGround(on, view, ground));
  const layers = inquiry.value.layers.filter((layer) => layer.shown).map((layer) => loaded.value[layer.id]);
  for (const layer of layers) {
    if (layer?.ground !== undefined) drawGround(context, view, layer.ground);
    layer?.tiles?.draw(context, view);
  }
  if (map !== null) drawAnswer(context, view, map);
  sheets.lines.lay(context, width, height, of, (on) => paintLines(on, view, ground));
  if (map !== null) drawOutlines(context, view, map);
  drawShapes(context, view, layers.map((layer) => layer?.shapes).filter((shapes) => shapes !== undefined));
  const modes = map === null || map.modes.length === 0 ? null : map.modes;
  const { place } = selection.value;
  sheets.words.lay(context, width, height, [...of, places.value, inquiry.value.pins, place, modes, language.value], (on) => {
    const taken: { x: number; y: number; w: number; h: number }[] = [];
    on.lineJoin = "round";
    drawPins(on, view, taken);
    if (modes !== null) drawModes(on, view, modes, taken);
    names(on, frame, places.value, view, colour("label"), colour("halo"), taken);
  });
  context.restore();
  drawScale(context, view);
  if (focused) {
    context.strokeStyle = colour("focus");
    context.lineWidth = 1.5;
    context.beginPath();
    for (const [x, y] of [[-14, 0], [4, 0], [0, -14], [0, 4]] as const) {
      context.moveTo(width / 2 + x, height / 2 + y);
      context.lineTo(width / 2 + x + (y === 0 ? 10 : 0), height / 2 + y + (x === 0 ? 10 : 0));
    }
    context.stroke();
  }
}

type Ground = NonNullable<typeof base.value.world>;
/** Sea, land and grid; the lines that go over an answer; words: an answer that moves under a hand leaves them be. */
const sheets = { ground: new Sheet(), lines: new Sheet(), words: new Sheet() };
effect(() => {
  if (forgotten.value > 0) for (const sheet of Object.values(sheets)) sheet.drop();
});

function paintGround(context: CanvasRenderingContext2D, view: View, ground: Ground | undefined): void {
  const { width, height } = view;
  context.lineJoin = "round";
  const frame = frameOf(view);
  context.fillStyle = colour("sea");
  context.fillRect(0, 0, width, height);
  if (ground !== undefined) {
    context.fillStyle = colour("land");
    context.beginPath();
    trace(context, frame, ground.land, width, height, true);
    context.fill("evenodd");
  }
  context.strokeStyle = colour("graticule");
  context.lineWidth = 0.6;
  graticule(context, frame, width, height, height / view.scale);
}

function paintLines(context: CanvasRenderingContext2D, view: View, ground: Ground | undefined): void {
  if (ground === undefined) return;
  const { width, height } = view;
  context.lineJoin = "round";
  const frame = frameOf(view);
  context.strokeStyle = colour("coast");
  context.lineWidth = 0.8;
  context.beginPath();
  trace(context, frame, ground.coast, width, height);
  context.stroke();
  context.strokeStyle = colour("border");
  context.setLineDash([3, 3]);
  context.lineWidth = 0.7;
  context.beginPath();
  trace(context, frame, ground.borders, width, height);
  context.stroke();
}

function drawAnswer(context: CanvasRenderingContext2D, view: View, map: AnswerMap): void {
  const frame = frameOf(view);
  const { region, world } = map;
  if (region !== null && (region.east - region.west) * frame.kx > 24) {
    context.save();
    context.beginPath();
    context.rect(0, 0, view.width, view.height);
    for (const turn of [-360, 0, 360]) {
      const left = xOf(frame, region.west + turn);
      context.rect(left, yOf(frame, region.north), (region.east - region.west) * frame.kx, yOf(frame, region.south) - yOf(frame, region.north));
    }
    context.clip("evenodd");
    drawRaster(context, frame, rasterFor(world), view.width);
    context.restore();
    drawRaster(context, frame, rasterFor(region), view.width);
    return;
  }
  drawRaster(context, frame, rasterFor(world), view.width);
}

function drawOutlines(context: CanvasRenderingContext2D, view: View, map: AnswerMap): void {
  const frame = frameOf(view);
  const lines = outlinesOf(map);
  for (const { level, dash, width } of LEVELS) {
    context.beginPath();
    trace(context, frame, lines[level] ?? [], view.width, view.height, true);
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
}

function drawShapes(context: CanvasRenderingContext2D, view: View, all: { lines: Lines[]; rings: Lines[]; points: { lat: number; lon: number; name: string }[] }[]): void {
  const frame = frameOf(view);
  context.strokeStyle = colour("bad");
  context.fillStyle = colour("bad");
  context.lineWidth = 1.4;
  for (const shapes of all) {
    context.beginPath();
    trace(context, frame, shapes.lines, view.width, view.height);
    trace(context, frame, shapes.rings, view.width, view.height, true);
    context.stroke();
    for (const point of shapes.points) {
      const [x, y] = project(view, point.lat, point.lon);
      context.fillRect(x - 3, y - 3, 6, 6);
      if (view.scale > 8 && point.name !== "") context.fillText(ownWay(plain(point.name)), x + 6, y);
    }
  }
}

function drawPins(context: CanvasRenderingContext2D, view: View, taken: { x: number; y: number; w: number; h: number }[]): void {
  const frame = frameOf(view);
  context.font = '600 11px system-ui, "Noto Sans", "Noto Sans Arabic", sans-serif';
  context.textBaseline = "middle";
  const claims = inquiry.value.pins.flatMap((pin) => (pin.place === null ? [] : [{ place: pin.place, km: pin.km, label: pin.label, tone: "accent" }]));
  const place = selection.value.place;
  const all = place === null ? claims : [...claims, { place, km: 0, label: "", tone: "focus" }];
  for (const pin of all) {
    const [x, y] = project(view, pin.place[0], pin.place[1]);
    context.strokeStyle = colour(pin.tone);
    context.lineWidth = 1.8;
    if (pin.km > 0) {
      context.beginPath();
      trace(context, frame, linesOf([circle(pin.place[0], pin.place[1], pin.km).flat()]), view.width, view.height, true);
      context.stroke();
    }
    context.beginPath();
    context.arc(x, y, 5, 0, 7);
    context.moveTo(x - 9, y);
    context.lineTo(x + 9, y);
    context.moveTo(x, y - 9);
    context.lineTo(x, y + 9);
    context.stroke();
    if (pin.label === "") continue;
    const label = ownWay(plain(pin.label));
    const wide = context.measureText(label).width;
    const left = x + 14 + wide > view.width ? x - 12 - wide : x + 12;
    const free = [0, 16, -16, 32, -32].find((dy) => !taken.some((other) => left < other.x + other.w && other.x < left + wide && y + dy - 8 < other.y + other.h && other.y < y + dy + 8)) ?? 0;
    taken.push({ x: left, y: y + free - 8, w: wide, h: 16 }, { x: x - 9, y: y - 9, w: 18, h: 18 });
    context.strokeStyle = colour("halo");
    context.lineWidth = 3;
    context.strokeText(label, left, y + free);
    context.fillStyle = colour(pin.tone);
    context.fillText(label, left, y + free);
  }
}

/** Numbers that point into the list below; the region itself is the answer. */
function drawModes(context: CanvasRenderingContext2D, view: View, modes: readonly Mode[], taken: { x: number; y: number; w: number; h: number }[]): void {
  context.font = '600 11px system-ui, "Noto Sans", sans-serif';
  context.textBaseline = "middle";
  context.textAlign = "center";
  modes.slice(0, 24).forEach((mode, index) => {
    const [x, y] = project(view, mode.lat_deg, mode.lon_deg);
    const box = { x: x - 9, y: y - 9, w: 18, h: 18 };
    if (taken.some((other) => other.x < box.x + 12 && box.x < other.x + other.w && other.y < box.y + 12 && box.y < other.y + other.h)) return;
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
  });
  context.textAlign = "left";
}

function drawScale(context: CanvasRenderingContext2D, view: View): void {
  if (view.width / view.scale > 300) return;
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
  context.font = '11px system-ui, "Noto Sans", sans-serif';
  context.textBaseline = "alphabetic";
  context.fillText(km >= 1 ? t("unit.km", { value: km }) : t("unit.m", { value: Math.round(km * 1000) }), x + 2, y - 7);
}
