/** The photo with its marks: zoom, pan, place, move and nudge, all in one mode. */
import { computed, effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Refused } from "../api.ts";
import { faultWords, type Words as FaultWords } from "../i18n/faults.ts";
import { dir, figures, fixed, language, listed, t } from "../i18n/index.ts";
import { frameLists } from "../items/frames.ts";
import { waitedFor } from "../items/looking.ts";
import { settled, shown } from "../items/player.ts";
import { thumbs } from "../items/thumbs.ts";
import { timed } from "../preview/index.ts";
import { fail } from "../store/notices.ts";
import { forgotten, frameKey, frameReplies, preview, returned, selectedItem, selection, trialSun } from "../store/signals.ts";
import type { Mark, Point } from "../types.ts";
import { colour, Sheet, useSize } from "../ui/hooks.ts";
import { Button, Told } from "../ui/parts.tsx";
import { directionOf, pixel } from "./camera.ts";
import { gestures } from "./gestures.ts";
import { pointKeys, stageKeys } from "./keys.ts";
import { cross, fit, image, picture, pieceCount, pointFocused, solutionShown, stageSize, trouble, view } from "./look.ts";
import { Loupe } from "./loupe.tsx";
import { chosenParts, endNinths } from "./ninths.ts";
import { paintCross, paintMark, paintNinths, paintOverlay, paintPhoto, paintTrial, paintTrialSun, type Words } from "./paint.ts";
import { pictureOf, piecesIn } from "./picture.ts";
import { handles, sigmaOf, type Handle, type Path } from "./points.ts";
import { grade, residualOf } from "./residuals.ts";
import { PointShape } from "./shapes.tsx";
import { spread } from "./spread.ts";
import { active, choosePoint, frameTime, marks, pictureSize, pointName, reply } from "./store.ts";
import { deviceOf, fitted, toImage, toView } from "./view.ts";

function useFrame(): void {
  const item = selectedItem.value;
  const number = selection.value.frame;
  const time = item === null ? null : (frameLists.value[item.sha256]?.times_s[number] ?? null);
  useEffect(() => {
    frameTime.value = time;
  }, [time]);
  useEffect(() => {
    trouble.value = null;
    active.value = null;
    cross.value = null;
    if (item === null || item.kind === "other") {
      picture.value = null;
      pictureSize.value = null;
      return;
    }
    // Another item's picture must not stand under the marks of this one.
    if (picture.peek()?.key.startsWith(`${item.sha256}:`) === false) picture.value = null;
    let stale = false;
    const size = item.width_px !== undefined && item.height_px !== undefined ? { width: item.width_px, height: item.height_px } : null;
    waitedFor(pictureOf(item.sha256, number, size))
      .then((found) => {
        if (stale) return;
        const before = picture.peek();
        picture.value = found;
        pictureSize.value = found.size;
        settled();
        const same = before !== null && before.size.width === found.size.width && before.size.height === found.size.height && before.key.startsWith(item.sha256);
        if (!same) fit();
      })
      .catch((error: unknown) => {
        if (stale) return;
        settled();
        picture.value = null;
        pictureSize.value = null;
        if (error instanceof Refused && error.code !== "gone") trouble.value = faultWords(error);
        else fail(error);
      });
    return () => {
      stale = true;
    };
  }, [item?.sha256, number, returned.value, again.value]);
}

/** Counts how often somebody asked for the picture again. */
const again = signal(0);

function Trouble({ words: said }: { words: FaultWords }) {
  return (
    <div class="stage-words" role="alert" dir={dir.value}>
      <p><Told lang={said.lang}>{said.text}</Told></p>
      {said.hint !== null && <p class="soft"><Told lang={said.lang}>{said.hint}</Told></p>}
      <Button onClick={() => { again.value += 1; }}>{t("tryAgain")}</Button>
    </div>
  );
}

function words(): Words {
  return { horizon: t("frame.over.horizon"), sun: t("frame.over.sun"), toSun: t("frame.over.toSun"), zenith: t("frame.over.zenith"), nadir: t("frame.over.nadir") };
}

/** The shadows under a dragged sun; a new map in the preview does not change them. */
const trialLines = computed(() => preview.value?.shadows);

/** A canvas of the stage's size, its context in CSS pixels. */
function ready(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const device = deviceOf(stageSize.peek(), window.devicePixelRatio);
  if (canvas.width !== device.width) canvas.width = device.width;
  if (canvas.height !== device.height) canvas.height = device.height;
  const context = canvas.getContext("2d");
  context?.setTransform(device.ratio, 0, 0, device.ratio, 0, 0);
  return context;
}

/** The photo has a canvas of its own: it is drawn anew only when the view changes, not with every step of a drag. */
function drawPhoto(canvas: HTMLCanvasElement): void {
  const [frame, now, size, context] = [picture.peek(), view.peek(), stageSize.peek(), ready(canvas)];
  if (context === null) return;
  if (frame === null || frame.bitmap.width === 0) {
    context.fillStyle = colour("stage");
    context.fillRect(0, 0, size.width, size.height);
    return;
  }
  const [corner, far] = [toImage(now, [0, 0]), toImage(now, [size.width, size.height])];
  const close = now.scale * window.devicePixelRatio > frame.share;
  const pieces = close ? piecesIn(frame, { x: corner[0], y: corner[1], w: far[0] - corner[0], h: far[1] - corner[1] }, () => { pieceCount.value += 1; }) : [];
  paintPhoto(context, frame, pieces, now, size, colour("stage"));
}

/** Painted once for a view: a sun that is dragged leaves them be. */
const sheets = { solution: new Sheet(), marks: new Sheet() };
effect(() => {
  if (forgotten.value > 0) for (const sheet of Object.values(sheets)) sheet.drop();
});

/** A clip that plays covers the photo and what is marked on it, at the same place. */
function drawPlayed(canvas: HTMLCanvasElement): void {
  const [now, at, size, context] = [shown.peek(), view.peek(), stageSize.peek(), ready(canvas)];
  if (context === null) return;
  context.clearRect(0, 0, size.width, size.height);
  if (now === null || now.bitmap.width === 0) return;
  const { width, height } = image();
  context.fillStyle = colour("stage");
  context.fillRect(0, 0, size.width, size.height);
  context.drawImage(now.bitmap, at.x, at.y, width * at.scale, height * at.scale);
}

/** What is marked, and what the solution makes of it. */
function drawInk(canvas: HTMLCanvasElement): void {
  const [now, size, context] = [view.peek(), stageSize.peek(), ready(canvas)];
  if (context === null) return;
  context.clearRect(0, 0, size.width, size.height);
  if (picture.peek() === null) return;
  const [list, found, chosen, trial] = [marks.peek(), reply.peek(), selection.peek().mark, trialLines.peek()];
  const shown = solutionShown.peek();
  if (found !== null && shown) {
    sheets.solution.lay(context, size.width, size.height, [found, now, trial === undefined, language.value], (on) => {
      const left = new Set(found.marks.filter((mark) => !mark.used).map((mark) => mark.index));
      paintOverlay(on, trial === undefined ? found.overlay : { ...found.overlay, sun_px: null }, now, size, words(), left);
    });
  }
  sheets.marks.lay(context, size.width, size.height, [list, now, chosen], (on) => {
    for (const [index, mark] of list.entries()) paintMark(on, mark, now, index === chosen);
  });
  if (trial !== undefined) paintTrial(context, trial.map((one) => one.line), now);
  const [sun, key] = [trialSun.peek(), frameKey.peek()];
  const camera = key === null ? undefined : frameReplies.peek()[key]?.overlay.camera;
  if (sun !== null && camera !== null && camera !== undefined && (sun.relative || camera.heading_deg !== null)) {
    const at = pixel(camera, directionOf(camera, sun.relative ? sun.azimuth_deg : sun.azimuth_deg - (camera.heading_deg ?? 0), sun.elevation_deg));
    if (at !== null) paintTrialSun(context, at, now, size, words());
  }
  if (trial !== undefined && performance.getEntriesByName("noonmark-hold").length > 0) {
    timed("noonmark-shadow", "noonmark-hold");
    performance.clearMarks("noonmark-hold");
  }
  const part = chosenParts.peek().at(-1);
  if (part !== undefined) paintNinths(context, part, now);
  const at = cross.peek();
  if (at !== null) paintCross(context, toView(now, at), 26);
}

/** Draws a canvas once a frame at most, whenever one of what it shows has changed, or the theme. Returns how to stop. */
function followed(canvas: { readonly current: HTMLCanvasElement | null }, draw: (canvas: HTMLCanvasElement) => void, shows: () => unknown[]): () => void {
  let due = 0;
  const soon = (): void => {
    if (due !== 0) return;
    due = requestAnimationFrame(() => {
      due = 0;
      if (canvas.current !== null) draw(canvas.current);
    });
  };
  const stop = effect(() => {
    shows();
    soon();
  });
  const theme = new MutationObserver(soon);
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "lang"] });
  return () => {
    stop();
    theme.disconnect();
    cancelAnimationFrame(due);
  };
}

export function Stage() {
  const [box, size] = useSize<HTMLDivElement>();
  const photo = useRef<HTMLCanvasElement>(null);
  const ink = useRef<HTMLCanvasElement>(null);
  const played = useRef<HTMLCanvasElement>(null);
  useFrame();
  useEffect(() => {
    const before = stageSize.peek();
    const wasFitted = before.width === 0 || JSON.stringify(fitted(image(), before)) === JSON.stringify(view.peek());
    stageSize.value = size;
    if (picture.peek() !== null && wasFitted) fit();
  }, [size]);
  useEffect(() => {
    const stops = [
      followed(photo, drawPhoto, () => [picture.value, view.value, stageSize.value, pieceCount.value]),
      followed(played, drawPlayed, () => [shown.value, view.value, stageSize.value]),
      followed(ink, drawInk, () => [picture.value, view.value, stageSize.value, marks.value, reply.value, selection.value, trialLines.value, trialSun.value, cross.value, solutionShown.value, chosenParts.value]),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
  return (
    <div class="stage" dir="ltr" ref={box} data-frame={picture.value?.key ?? ""} data-scale={view.value.scale.toFixed(4)} {...gestures}>
      <canvas ref={photo} class="stage-layer" aria-hidden="true" />
      <Meanwhile />
      <canvas ref={ink} class="stage-layer" aria-hidden="true" />
      <canvas ref={played} class="stage-layer" aria-hidden="true" data-playing={shown.value?.number ?? ""} />
      <div
        class="stage-keys" data-first="" tabIndex={0} role="application" aria-label={t("frame.stage")} aria-describedby="frame-help"
        onKeyDown={stageKeys} onBlur={() => { cross.value = null; endNinths(); }} data-cross={cross.value === null ? "" : cross.value.map((v) => v.toFixed(1)).join(" ")}
      />
      {picture.value !== null && shown.value === null && drawnPoints.value.map((one) => <PointButton key={`${one.index} ${one.handle.path}`} {...one} />)}
      {trouble.value !== null && <Trouble words={trouble.value} />}
      <Loupe />
    </div>
  );
}

/** While the picture is being read its small one stands there: the stage is never black. */
function Meanwhile() {
  const small = thumbs.value[selection.value.item ?? ""];
  if (picture.value !== null || trouble.value !== null || typeof small !== "string") return null;
  return <img class="stage-layer stage-meanwhile" src={small} alt="" />;
}

interface DrawnPoint {
  mark: Mark;
  index: number;
  handle: Handle;
  /** Where it is on the stage, and where it is drawn. */
  at: Point;
  drawn: Point;
  hidden: boolean;
}

const isActive = (index: number, path: Path): boolean => active.value?.mark === index && active.value.path === path;

/** The points that can be taken: those in sight drawn apart, the chosen one on its own pixel. */
const drawnPoints = computed((): DrawnPoint[] => {
  const { width, height } = stageSize.value;
  const all = marks.value.flatMap((mark, index) => handles(mark).map((handle) => {
    const at = toView(view.value, handle.at);
    const outside = at[0] < -12 || at[1] < -12 || at[0] > width + 12 || at[1] > height + 12;
    return { mark, index, handle, at, drawn: at, hidden: outside && !isActive(index, handle.path) };
  }));
  const seen = all.filter((one) => !one.hidden);
  const places = spread(seen.map((one) => one.at), seen.findIndex((one) => isActive(one.index, one.handle.path)));
  seen.forEach((one, at) => { one.drawn = places[at] ?? one.at; });
  return all;
});

function PointButton({ mark, index, handle, at, drawn: [x, y], hidden }: DrawnPoint) {
  const residual = residualOf(index, handle.path);
  const sigma = sigmaOf(mark, handle.path);
  const name = t("frame.pointName", { point: pointName(mark, handle.path), x: fixed(handle.at[0], 1), y: fixed(handle.at[1], 1), sigma: figures(sigma) });
  const chosen = isActive(index, handle.path);
  const [dx, dy] = [at[0] - x, at[1] - y];
  return (
    <button
      type="button" class={`point${chosen ? " point-active" : ""}${selection.value.mark === index ? " point-mark" : ""}`} data-mark={index} data-path={handle.path}
      style={{ transform: `translate(${x - 12}px, ${y - 12}px)`, visibility: hidden ? "hidden" : "visible" }}
      aria-label={residual === null ? name : listed([name, t("frame.residualName", { sigma: fixed(residual, 1) })])}
      data-x={handle.at[0]} data-y={handle.at[1]}
      onFocus={() => { pointFocused.value = true; choosePoint(index, handle.path); }} onBlur={() => { pointFocused.value = false; }} onKeyDown={(event) => pointKeys(event, index, handle.path)}
    >
      {(dx !== 0 || dy !== 0) && <Leader dx={dx} dy={dy} />}
      <PointShape mark={mark} role={handle.role} />
      {residual !== null && (residual >= 2 || selection.value.mark === index) && <span class={`residual residual-${grade(residual)}`} data-sigma={`${fixed(residual, 1)}σ`} aria-hidden="true" />}
    </button>
  );
}

/** From where a point is drawn to the pixel that it marks. */
function Leader({ dx, dy }: { dx: number; dy: number }) {
  return (
    <svg class="point-leader" viewBox="-12 -12 24 24" width={24} height={24} aria-hidden="true" focusable="false">
      <path d={`M0 0L${dx} ${dy}`} stroke="#0c1014" stroke-width="3" />
      <path d={`M0 0L${dx} ${dy}`} stroke="#fff" stroke-width="1" />
      <circle cx={dx} cy={dy} r="2" fill="#fff" stroke="#0c1014" />
    </svg>
  );
}
