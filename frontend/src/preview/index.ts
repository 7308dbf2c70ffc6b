/** Starts the worker that answers `draft` and `trialSun` with `preview`.
 *
 * Only the newest question waits: a worker that is busy is asked again when it is done, so that a slow machine lags by
 * one answer and never by a queue.
 */
import { effect } from "@preact/signals";
import type { TrialSun } from "../contract.ts";
import { cast, directionOf } from "../frame/camera.ts";
import { document_, draft, frameKey, frameReplies, inquiry, preview, trialSun } from "../store/signals.ts";
import type { Clue, ClueDocument, FrameKey, Marks, OverlayCamera, Polyline } from "../types.ts";
import type { Ask, Told } from "./worker.ts";

let worker: Worker | null = null;
let waiting: { ask: Ask; from: number } | null = null;
let running: { id: number; from: number } | null = null;
let lastId = 0;

/** The clue document of what is held: the draft names every clue. */
export function heldDocument(): ClueDocument | null {
  const held = draft.value;
  return held === null ? null : { prior: document_.value.prior, clue: held.clues };
}

/** Every clue that is on, with those of a frame in the place of what was solved from it before: what a draft holds. */
export function cluesWith(key: FrameKey, fresh: readonly Clue[]): Clue[] {
  const kept = inquiry.peek().clues;
  if (fresh.length > 0 && kept.some((clue) => clue.frame === key && !clue.on)) return kept.filter((clue) => clue.on).map((clue) => clue.clue);
  return [...kept.filter((clue) => clue.on && clue.frame !== key).map((clue) => clue.clue), ...fresh];
}

/** Shadows of a frame's things under a sun, as lines from base to tip. */
export function trialShadows(marks: Marks, camera: OverlayCamera, sun: TrialSun): { mark: number; line: Polyline }[] {
  if (!sun.relative && camera.heading_deg === null) return [];
  const relative = sun.relative ? sun.azimuth_deg : sun.azimuth_deg - (camera.heading_deg ?? 0);
  const direction = directionOf(camera, relative, sun.elevation_deg);
  const found: { mark: number; line: Polyline }[] = [];
  for (const [index, mark] of marks.mark.entries()) {
    if (mark.base_px === undefined || mark.top_px === undefined) continue;
    const made = cast(camera, mark.base_px, mark.top_px, direction);
    if (made !== null && made.tip !== null) found.push({ mark: index, line: [mark.base_px, made.tip] });
  }
  return found;
}

function send(): void {
  if (waiting === null || running !== null || worker === null) return;
  running = { id: waiting.ask.id, from: waiting.from };
  worker.postMessage(waiting.ask);
  waiting = null;
}

function receive(told: Told): void {
  const from = running?.from ?? performance.now();
  running = null;
  send();
  if (draft.peek() === null || told.id < lastId - 1) return;
  const found = told.found;
  const took_ms = performance.now() - from;
  preview.value = {
    ...preview.peek(),
    ...(found === null ? { map: undefined, calendar: undefined } : { map: found.map, calendar: found.calendar ?? undefined }),
    took_ms,
  };
  timed("noonmark-preview", { start: from, end: from + took_ms });
}

/** A measure for tests; a long day at the page does not pile them up. */
export function timed(name: string, span: PerformanceMeasureOptions | string): void {
  if (performance.getEntriesByName(name).length >= 300) performance.clearMeasures(name);
  performance.measure(name, span as string);
}

export function startPreview(): void {
  worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Told>) => receive(data);
  effect(() => {
    const document = heldDocument();
    if (document === null) {
      waiting = null;
      if (preview.peek() !== null && trialSun.peek() === null) preview.value = null;
      else if (preview.peek() !== null) preview.value = { shadows: preview.peek()!.shadows };
      return;
    }
    waiting = { ask: { id: (lastId += 1), document }, from: performance.now() };
    send();
  });
  effect(() => {
    const [sun, key] = [trialSun.value, frameKey.value];
    const camera = key === null ? null : (frameReplies.value[key]?.overlay.camera ?? null);
    const marks = key === null ? undefined : inquiry.value.frames[key]?.marks;
    const before = preview.peek();
    if (sun === null || camera === null || marks === undefined) {
      if (before?.shadows !== undefined) preview.value = draft.peek() === null ? null : { ...before, shadows: undefined };
      return;
    }
    preview.value = { ...before, shadows: trialShadows(marks, camera, sun) };
  });
}
