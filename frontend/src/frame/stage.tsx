/** The photo with its marks: zoom, pan, place, move and nudge, all in one mode. */
import { computed, effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { frameLists } from "../items/strip.tsx";
import { forgotten, frameKey, frameReplies, preview, selectFrame, selectedItem, selection, trialSun } from "../state.ts";
import type { Mark, Point } from "../types.ts";
import { colour, useSize } from "../ui/hooks.ts";
import { directionOf, pixel } from "./camera.ts";
import { holdPoint, letGo } from "./drag.ts";
import { Loupe } from "./loupe.tsx";
import { paintCross, paintMark, paintOverlay, paintPhoto, paintTrial, paintTrialSun, type Words } from "./paint.ts";
import { forgetPictures, pictureOf, piecesIn, type Frame } from "./picture.ts";
import { formOf, handles, sigmaOf, type Handle, type Path } from "./points.ts";
import { PointShape } from "./shapes.tsx";
import {
  active, choosePoint, chooseRole, frameTime, marks, nudge, pictureSize, place, pointName, put, removePoint, reply, stepSigma,
} from "./store.ts";
import { centred, deviceOf, fitted, panned, revealing, toImage, toView, zoomed, type Size, type View } from "./view.ts";

export const view = signal<View>({ scale: 1, x: 0, y: 0 });
export const stageSize = signal<Size>({ width: 0, height: 0 });
export const picture = signal<Frame | null>(null);
/** Where the pointer is over the image, and where the keyboard's cross is. */
export const pointer = signal<Point | null>(null);
export const cross = signal<Point | null>(null);
export const trouble = signal("");
/** Whether a point has the focus. */
export const pointFocused = signal(false);
/** Whether the solution is drawn over the photo. */
export const solutionShown = signal(true);
/** Whether the frame takes the room of map, dome and calendar. */
export const large = signal(false);
const pieceCount = signal(0);

export const loupeAt = computed<Point | null>(() => {
  if (cross.value !== null) return cross.value;
  if (pointer.value !== null) return pointer.value;
  const now = active.value;
  const mark = now === null ? undefined : marks.value[now.mark];
  return now === null || mark === undefined || !pointFocused.value ? null : (handles(mark).find((handle) => handle.path === now.path)?.at ?? null);
});

effect(() => {
  if (forgotten.value > 0) {
    picture.value = null;
    forgetPictures();
    active.value = null;
  }
});

const image = (): Size => picture.peek()?.size ?? { width: 1, height: 1 };
export const zoomAt = (at: Point, factor: number): void => {
  view.value = zoomed(view.peek(), at, factor, image(), stageSize.peek());
};
const middle = (): Point => [stageSize.peek().width / 2, stageSize.peek().height / 2];
export const zoomBy = (factor: number): void => zoomAt(loupePlace() ?? middle(), factor);
export const fit = (): void => {
  view.value = fitted(image(), stageSize.peek());
};
function loupePlace(): Point | null {
  const at = cross.peek() ?? (pointFocused.peek() ? loupeAt.peek() : null);
  return at === null ? null : toView(view.peek(), at);
}
export function centreOn(px: Point): void {
  view.value = centred(view.peek(), px, 8, stageSize.peek());
}

function useFrame(): void {
  const item = selectedItem.value;
  const number = selection.value.frame;
  const time = item === null ? null : (frameLists.value[item.sha256]?.times_s[number] ?? null);
  useEffect(() => {
    frameTime.value = time;
  }, [time]);
  useEffect(() => {
    trouble.value = "";
    active.value = null;
    cross.value = null;
    if (item === null || item.kind === "other") {
      picture.value = null;
      pictureSize.value = null;
      return;
    }
    let stale = false;
    const size = item.width_px !== undefined && item.height_px !== undefined ? { width: item.width_px, height: item.height_px } : null;
    pictureOf(item.sha256, number, size)
      .then((found) => {
        if (stale) return;
        const before = picture.peek();
        picture.value = found;
        pictureSize.value = found.size;
        const same = before !== null && before.size.width === found.size.width && before.size.height === found.size.height && before.key.startsWith(item.sha256);
        if (!same) fit();
      })
      .catch((error: unknown) => {
        if (stale) return;
        picture.value = null;
        pictureSize.value = null;
        trouble.value = error instanceof Error ? error.message : String(error);
      });
    return () => {
      stale = true;
    };
  }, [item?.sha256, number]);
}

function words(): Words {
  return { horizon: t("frame.over.horizon"), sun: t("frame.over.sun"), toSun: t("frame.over.toSun"), zenith: t("frame.over.zenith"), nadir: t("frame.over.nadir") };
}

/** Draws all that is not a button. Reads every signal that it draws, so that it runs again when one changes. */
function draw(canvas: HTMLCanvasElement): void {
  const [frame, now, size] = [picture.value, view.value, stageSize.value];
  const device = deviceOf(size, window.devicePixelRatio);
  if (canvas.width !== device.width) canvas.width = device.width;
  if (canvas.height !== device.height) canvas.height = device.height;
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.setTransform(device.ratio, 0, 0, device.ratio, 0, 0);
  const [list, found, chosen, trial] = [marks.value, reply.value, selection.value.mark, preview.value?.shadows];
  const shown = solutionShown.value;
  void pieceCount.value;
  if (frame === null || frame.bitmap.width === 0) {
    context.fillStyle = colour("stage");
    context.fillRect(0, 0, size.width, size.height);
    return;
  }
  const [corner, far] = [toImage(now, [0, 0]), toImage(now, [size.width, size.height])];
  const close = now.scale * device.ratio > frame.share;
  const pieces = close ? piecesIn(frame, { x: corner[0], y: corner[1], w: far[0] - corner[0], h: far[1] - corner[1] }, () => { pieceCount.value += 1; }) : [];
  paintPhoto(context, frame, pieces, now, size, colour("stage"));
  if (found !== null && shown) {
    const left = new Set(found.marks.filter((mark) => !mark.used).map((mark) => mark.index));
    paintOverlay(context, trial === undefined ? found.overlay : { ...found.overlay, sun_px: null }, now, size, words(), left);
  }
  for (const [index, mark] of list.entries()) paintMark(context, mark, now, index === chosen);
  if (trial !== undefined) paintTrial(context, trial.map((one) => one.line), now);
  const [sun, key] = [trialSun.value, frameKey.value];
  const camera = key === null ? undefined : frameReplies.value[key]?.overlay.camera;
  if (sun !== null && camera !== null && camera !== undefined && (sun.relative || camera.heading_deg !== null)) {
    const at = pixel(camera, directionOf(camera, sun.relative ? sun.azimuth_deg : sun.azimuth_deg - (camera.heading_deg ?? 0), sun.elevation_deg));
    if (at !== null) paintTrialSun(context, at, now, size, words());
  }
  if (trial !== undefined && performance.getEntriesByName("noonmark-hold").length > 0) {
    performance.measure("noonmark-shadow", "noonmark-hold");
    performance.clearMarks("noonmark-hold");
  }
  if (cross.value !== null) paintCross(context, toView(now, cross.value), 26);
}

export function Stage() {
  const [box, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  useFrame();
  useEffect(() => {
    const before = stageSize.peek();
    const wasFitted = before.width === 0 || JSON.stringify(fitted(image(), before)) === JSON.stringify(view.peek());
    stageSize.value = size;
    if (picture.peek() !== null && wasFitted) fit();
  }, [size]);
  useEffect(() => {
    let due = 0;
    const stop = effect(() => {
      void [picture.value, view.value, stageSize.value, marks.value, reply.value, selection.value, preview.value, trialSun.value, cross.value, pieceCount.value, solutionShown.value];
      if (due === 0) {
        due = requestAnimationFrame(() => {
          due = 0;
          if (canvas.current !== null) draw(canvas.current);
        });
      }
    });
    const theme = new MutationObserver(() => canvas.current !== null && draw(canvas.current));
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "lang"] });
    return () => {
      stop();
      theme.disconnect();
      cancelAnimationFrame(due);
    };
  }, []);
  return (
    <div class="stage" dir="ltr" ref={box} data-frame={picture.value?.key ?? ""} data-scale={view.value.scale.toFixed(4)} {...gestures}>
      <canvas ref={canvas} class="stage-photo" aria-hidden="true" />
      <div
        class="stage-keys" tabIndex={0} role="application" aria-label={t("frame.stage")} aria-describedby="frame-help"
        onKeyDown={stageKeys} onBlur={() => { cross.value = null; }} data-cross={cross.value === null ? "" : cross.value.map((v) => v.toFixed(1)).join(" ")}
      />
      {picture.value !== null && marks.value.map((mark, index) => handles(mark).map((handle) => <PointButton key={`${index} ${handle.path}`} mark={mark} index={index} handle={handle} />))}
      {trouble.value !== "" && <p class="stage-words" role="alert" dir="auto">{trouble.value}</p>}
      <Loupe />
    </div>
  );
}

function PointButton({ mark, index, handle }: { mark: Mark; index: number; handle: Handle }) {
  const [x, y] = toView(view.value, handle.at);
  const { width, height } = stageSize.value;
  const residual = residualOf(index, handle.path);
  const sigma = sigmaOf(mark, handle.path);
  const name = t("frame.pointName", { point: pointName(mark, handle.path), x: handle.at[0].toFixed(1), y: handle.at[1].toFixed(1), sigma: String(sigma) });
  const hidden = x < -12 || y < -12 || x > width + 12 || y > height + 12;
  const chosen = active.value?.mark === index && active.value.path === handle.path;
  return (
    <button
      type="button" class={`point${chosen ? " point-active" : ""}${selection.value.mark === index ? " point-mark" : ""}`} data-mark={index} data-path={handle.path}
      style={{ transform: `translate(${x - 12}px, ${y - 12}px)`, visibility: hidden && !chosen ? "hidden" : "visible" }}
      aria-label={residual === null ? name : `${name}, ${t("frame.residualName", { sigma: residual.toFixed(1) })}`}
      data-x={handle.at[0]} data-y={handle.at[1]}
      onFocus={() => { pointFocused.value = true; choosePoint(index, handle.path); }} onBlur={() => { pointFocused.value = false; }} onKeyDown={(event) => pointKeys(event, index, handle.path)}
    >
      <PointShape mark={mark} role={handle.role} />
      {residual !== null && (residual >= 2 || selection.value.mark === index) && <span class={`residual residual-${grade(residual)}`} aria-hidden="true">{residual.toFixed(1)}σ</span>}
    </button>
  );
}

export const grade = (sigma: number): "good" | "warn" | "bad" => (sigma < 2 ? "good" : sigma < 3 ? "warn" : "bad");

/** The residual [sigma] that the solution leaves at a point, where it names one. */
export function residualOf(index: number, path: Path): number | null {
  const told = reply.value?.marks.find((mark) => mark.index === index);
  if (told === undefined) return null;
  const mark = marks.value[index];
  const own = told.residual_sigma[path.replace(/_px$/, "")];
  if (own !== undefined) return own;
  if (mark !== undefined && formOf(mark) === "post") return null;
  const values = Object.values(told.residual_sigma);
  return values.length === 0 ? null : Math.max(...values);
}

export function focusPoint(target: { mark: number; path: Path } | null): void {
  if (target === null) return;
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`.point[data-mark="${target.mark}"][data-path="${target.path}"]`)?.focus({ preventScroll: true }));
}
const focusStage = (): void => document.querySelector<HTMLElement>(".stage-keys")?.focus({ preventScroll: true });

// ---- keys

const ARROWS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const stepOf = (event: KeyboardEvent): number => (event.shiftKey ? 0.1 : event.altKey ? 10 : 1);

/** Keys that mean the same on the stage and on a point. */
function sharedKeys(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  const number = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (number !== undefined) return chooseRole(Number(number)) && (focusStage(), showCross(), true);
  if (event.key === "+" || event.key === "=") return zoomBy(1.5), true;
  if (event.key === "-") return zoomBy(1 / 1.5), true;
  if (event.key === "0") return fit(), true;
  if (event.key.toLowerCase() === "f") return (large.value = !large.value), true;
  if (event.key === "," || event.key === ".") return stepFrame(event.key === "." ? 1 : -1);
  return false;
}

function stepFrame(by: number): boolean {
  const item = selectedItem.peek();
  const count = item === null ? 0 : (frameLists.peek()[item.sha256]?.count ?? 0);
  if (item === null || count < 2) return false;
  selectFrame(item.sha256, Math.max(0, Math.min(count - 1, selection.peek().frame + by)));
  requestAnimationFrame(focusStage);
  return true;
}

function showCross(): Point {
  const now = cross.peek() ?? loupeAt.peek() ?? toImage(view.peek(), middle());
  cross.value = now;
  return now;
}

function stageKeys(event: KeyboardEvent): void {
  const arrow = ARROWS[event.key];
  if (arrow !== undefined) {
    const by = event.ctrlKey ? (0.1 * stageSize.peek().width) / view.peek().scale : stepOf(event);
    const from = showCross();
    const { width, height } = image();
    const to: Point = [Math.min(Math.max(from[0] + arrow[0] * by, 0), width), Math.min(Math.max(from[1] + arrow[1] * by, 0), height)];
    cross.value = to;
    view.value = revealing(view.peek(), to, stageSize.peek());
  } else if (event.key === "Enter" || event.key === " ") {
    if (cross.peek() === null) showCross();
    else place(cross.peek()!);
  } else if (event.key === "Escape") {
    if (cross.peek() !== null) cross.value = null;
    else document.querySelector<HTMLElement>(".tools [aria-checked=true]")?.focus();
  } else if (event.key.toLowerCase() === "z" && !event.ctrlKey && !event.metaKey) centreOn(showCross());
  else if (!sharedKeys(event)) return;
  event.preventDefault();
}

function pointKeys(event: KeyboardEvent, mark: number, path: Path): void {
  const arrow = ARROWS[event.key];
  if (arrow !== undefined && !event.ctrlKey && !event.metaKey) {
    const by = stepOf(event);
    nudge(mark, path, arrow[0] * by, arrow[1] * by);
    const at = loupeAt.peek();
    if (at !== null) view.value = revealing(view.peek(), at, stageSize.peek());
  } else if (event.key === "[" || event.key === "]") stepSigma(mark, path, event.key === "]");
  else if (event.key === "Delete" || event.key === "Backspace") {
    const next = removePoint(mark, path);
    if (next === null) focusStage();
    else focusPoint(next);
  } else if (event.key === "Escape") focusStage();
  else if (event.key.toLowerCase() === "z" && !event.ctrlKey && !event.metaKey) {
    const at = loupeAt.peek();
    if (at !== null) centreOn(at);
  } else if (!sharedKeys(event)) return;
  event.preventDefault();
}

// ---- the pointer

const fingers = new Map<number, Point>();
let press: { at: Point; from: Point; point: { mark: number; path: Path; start: Point } | null; far: boolean } | null = null;
const CLICK_PX = 4;

function placeOf(event: PointerEvent | WheelEvent): Point {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

const gestures = {
  onWheel: (event: WheelEvent) => {
    event.preventDefault();
    const steps = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
    zoomAt(placeOf(event), Math.exp(-Math.max(-60, Math.min(60, steps)) * 0.0045));
  },
  onPointerDown: (event: PointerEvent) => {
    if (event.button > 1 || picture.peek() === null) return;
    const stage = event.currentTarget as HTMLElement;
    const at = placeOf(event);
    fingers.set(event.pointerId, at);
    const button = (event.target as HTMLElement).closest<HTMLElement>(".point");
    const [mark, path] = [Number(button?.dataset["mark"] ?? -1), button?.dataset["path"] ?? ""];
    const start = button === null ? undefined : handles(marks.peek()[mark] ?? { means: "" }).find((handle) => handle.path === path)?.at;
    press = { at, from: at, point: start === undefined || event.button === 1 ? null : { mark, path, start }, far: event.button === 1 };
    stage.setPointerCapture(event.pointerId);
    cross.value = null;
    if (press.point !== null) focusPoint(press.point);
    event.preventDefault();
  },
  onPointerMove: (event: PointerEvent) => {
    const at = placeOf(event);
    pointer.value = inImage(toImage(view.peek(), at));
    const before = fingers.get(event.pointerId);
    if (before === undefined || press === null) return;
    if (fingers.size === 2) {
      pinch(event.pointerId, at);
      return;
    }
    fingers.set(event.pointerId, at);
    if (!press.far && Math.hypot(at[0] - press.from[0], at[1] - press.from[1]) < CLICK_PX) return;
    press.far = true;
    if (press.point === null) view.value = panned(view.peek(), at[0] - before[0], at[1] - before[1], image(), stageSize.peek());
    else dragPoint(event, at, before);
  },
  onPointerUp: (event: PointerEvent) => {
    const now = press;
    fingers.delete(event.pointerId);
    if (now === null || fingers.size > 0) return;
    press = null;
    if (now.point !== null) {
      const end = letGo();
      if (end !== null) put(now.point.mark, now.point.path, end, "drag");
    } else if (!now.far && event.button === 0) {
      focusPoint(place(toImage(view.peek(), placeOf(event))));
    }
  },
  onPointerCancel: (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    letGo();
    press = null;
  },
  onPointerLeave: () => {
    if (fingers.size === 0) pointer.value = null;
  },
};

/** Shift makes the hand ten times finer. */
function dragPoint(event: PointerEvent, at: Point, before: Point): void {
  if (press === null || press.point === null) return;
  const fine = event.shiftKey ? 0.1 : 1;
  const { start } = press.point;
  const scale = view.peek().scale;
  const to: Point = [start[0] + ((at[0] - before[0]) * fine) / scale, start[1] + ((at[1] - before[1]) * fine) / scale];
  press.point = { ...press.point, start: to };
  pointer.value = to;
  holdPoint(press.point.mark, press.point.path, to);
}

function pinch(id: number, at: Point): void {
  const [one, other] = [fingers.get(id), [...fingers].find(([finger]) => finger !== id)?.[1]];
  fingers.set(id, at);
  if (one === undefined || other === undefined) return;
  if (press !== null) press.far = true;
  const [was, now] = [Math.hypot(one[0] - other[0], one[1] - other[1]), Math.hypot(at[0] - other[0], at[1] - other[1])];
  view.value = panned(view.peek(), (at[0] - one[0]) / 2, (at[1] - one[1]) / 2, image(), stageSize.peek());
  if (was > 0) zoomAt([(at[0] + other[0]) / 2, (at[1] + other[1]) / 2], now / was);
}

function inImage(px: Point): Point | null {
  const { width, height } = image();
  return px[0] >= 0 && px[1] >= 0 && px[0] <= width && px[1] <= height ? px : null;
}

