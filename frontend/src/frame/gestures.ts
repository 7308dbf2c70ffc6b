/** The pointer on the stage: click to mark, drag a point or the photo, wheel and pinch to zoom. */
import type { Point } from "../types.ts";
import { holdPoint, letGo } from "./drag.ts";
import { focusPoint } from "./keys.ts";
import { cross, image, inImage, picture, pointer, stageSize, view, zoomAt } from "./look.ts";
import { handles, type Path } from "./points.ts";
import { marks, place, put } from "./store.ts";
import { panned, toImage } from "./view.ts";

const fingers = new Map<number, Point>();
let press: { at: Point; from: Point; point: { mark: number; path: Path; start: Point } | null; far: boolean } | null = null;
const CLICK_PX = 4;

function placeOf(event: PointerEvent | WheelEvent): Point {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

export const gestures = {
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
    // Until the pointer has clearly moved nothing follows; then the whole way counts.
    if (!press.far && Math.hypot(at[0] - press.from[0], at[1] - press.from[1]) < CLICK_PX) return;
    fingers.set(event.pointerId, at);
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

/** With Shift a step is a tenth as long. */
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
