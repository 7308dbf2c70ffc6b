/** The keyboard on the stage and on a point; the focus between them. */
import { frameLists } from "../items/frames.ts";
import { pause, toggle } from "../items/player.ts";
import { selectFrame, selectedItem, selection } from "../store/signals.ts";
import type { Point } from "../types.ts";
import { centreOn, cross, fit, image, large, loupeAt, middle, stageSize, view, zoomBy } from "./look.ts";
import { ninthKey } from "./ninths.ts";
import type { Path } from "./points.ts";
import { chooseRole, nudge, place, removePoint, stepSigma } from "./store.ts";
import { revealing, toImage } from "./view.ts";

export function focusPoint(target: { mark: number; path: Path } | null): void {
  if (target === null) return;
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`.point[data-mark="${target.mark}"][data-path="${target.path}"]`)?.focus({ preventScroll: true }));
}
export const focusStage = (): void => document.querySelector<HTMLElement>(".stage-keys")?.focus({ preventScroll: true });

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
  pause();
  selectFrame(item.sha256, Math.max(0, Math.min(count - 1, selection.peek().frame + by)));
  requestAnimationFrame(focusStage);
  return true;
}

function showCross(): Point {
  const now = cross.peek() ?? loupeAt.peek() ?? toImage(view.peek(), middle());
  cross.value = now;
  return now;
}

export function stageKeys(event: KeyboardEvent): void {
  const arrow = ARROWS[event.key];
  if (ninthKey(event)) return event.preventDefault();
  if (arrow !== undefined) {
    const by = event.ctrlKey ? (0.1 * stageSize.peek().width) / view.peek().scale : stepOf(event);
    const from = showCross();
    const { width, height } = image();
    const to: Point = [Math.min(Math.max(from[0] + arrow[0] * by, 0), width), Math.min(Math.max(from[1] + arrow[1] * by, 0), height)];
    cross.value = to;
    view.value = revealing(view.peek(), to, stageSize.peek());
  } else if (event.key === " " && selectedItem.peek()?.kind === "video") {
    toggle(selectedItem.peek()!.sha256, selection.peek().frame);
  } else if (event.key === "Enter" || event.key === " ") {
    if (cross.peek() === null) showCross();
    else place(cross.peek()!);
  } else if (event.key === "Escape") {
    const asked = document.querySelector<HTMLElement>(".ask-when .button");
    if (asked !== null) asked.focus();
    else if (cross.peek() !== null) cross.value = null;
    else document.querySelector<HTMLElement>(".tools [aria-checked=true]")?.focus();
  } else if (event.key.toLowerCase() === "z" && !event.ctrlKey && !event.metaKey) centreOn(showCross());
  else if (!sharedKeys(event)) return;
  event.preventDefault();
}

export function pointKeys(event: KeyboardEvent, mark: number, path: Path): void {
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
