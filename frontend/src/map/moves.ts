/** Moving the map by pointer, wheel and keys, and choosing a place on it. */
import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { select } from "../store/signals.ts";
import type { GeoBox, Mode } from "../types.ts";
import { clamp, fit, panned, settle, unproject, zoomAt, type MapExtent } from "./projection.ts";

/** What can be done to the view, whoever asks for it: a button, a key or the pointer. */
export interface Moves {
  to: (next: MapExtent) => void;
  pan: (dx: number, dy: number) => void;
  /** About the middle. */
  zoom: (factor: number) => void;
  wholeWorld: () => void;
  toBox: (box: GeoBox | null) => void;
  toMode: (mode: Mode) => void;
  /** Chooses the place at a point of the view. */
  choose: (x: number, y: number) => void;
}

export function movesOf(view: Signal<MapExtent>): Moves {
  const to = (next: MapExtent): void => {
    view.value = next;
  };
  return {
    to,
    pan: (dx, dy) => to(panned(view.value, dx, dy)),
    zoom: (factor) => to(zoomAt(view.value, view.value.width / 2, view.value.height / 2, factor)),
    wholeWorld: () => to(settle({ ...view.value, lat: 0, lon: 10, scale: 0 })),
    toBox: (box) => {
      if (box !== null) to(fit(box, view.value.width, view.value.height));
    },
    toMode: (mode) => to(viewOfMode(mode, view.value)),
    choose: (x, y) => {
      const at = unproject(view.value, x, y);
      if (at !== null) select({ place: [rounded(at[0]), rounded(at[1])] });
    },
  };
}

/** Four decimals: about ten metres. */
const rounded = (degrees: number): number => Math.round(degrees * 1e4) / 1e4;

export const chooseNothing = (): void => select({ place: null, from: null, to: null });

/** A view about a mode, wide enough for its area. */
function viewOfMode(mode: Mode, view: MapExtent): MapExtent {
  const half = Math.max(0.05, (Math.sqrt(mode.area_km2) / 111) * 0.9);
  const wide = half / Math.max(0.1, Math.cos((mode.lat_deg * Math.PI) / 180));
  if (wide > 120) return settle({ ...view, lat: 0, lon: mode.lon_deg, scale: 0 });
  const box = {
    south: Math.max(-89, mode.lat_deg - half),
    north: Math.min(89, mode.lat_deg + half),
    west: mode.lon_deg - wide,
    east: mode.lon_deg + wide,
  };
  return fit(box, view.width, view.height);
}

export interface Gestures {
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: (event: PointerEvent) => void;
  onPointerLeave: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** How far the pointer may stray [px] before a click becomes a drag. */
const CLICK_PX = 4;

/** The handlers of the map's canvas. `hover` is told where the pointer is, in degrees. */
export function useGestures(
  canvas: RefObject<HTMLCanvasElement | null>, view: Signal<MapExtent>, hover: Signal<[number, number] | null>, moves: Moves,
): Gestures {
  const held = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  useEffect(() => {
    // Not as a property: only a listener that is not passive can keep the page from scrolling.
    const element = canvas.current;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const factor = Math.exp(-clamp(event.deltaY, -200, 200) / 240);
      moves.to(zoomAt(view.value, event.offsetX, event.offsetY, factor));
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, []);
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      held.current = { x: event.offsetX, y: event.offsetY, moved: false };
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
    },
    onPointerMove: (event) => {
      hover.value = unproject(view.value, event.offsetX, event.offsetY);
      const start = held.current;
      if (start === null) return;
      const [dx, dy] = [event.offsetX - start.x, event.offsetY - start.y];
      if (!start.moved && Math.hypot(dx, dy) < CLICK_PX) return;
      held.current = { x: event.offsetX, y: event.offsetY, moved: true };
      moves.pan(dx, dy);
    },
    onPointerUp: (event) => {
      if (held.current !== null && !held.current.moved) moves.choose(event.offsetX, event.offsetY);
      held.current = null;
    },
    onPointerLeave: () => {
      hover.value = null;
    },
    onKeyDown: (event) => pressKey(event, view.value, moves),
  };
}

function pressKey(event: KeyboardEvent, { width, height }: MapExtent, moves: Moves): void {
  const far = event.shiftKey ? 160 : 40;
  const chooseMiddle = (): void => moves.choose(width / 2, height / 2);
  const acts: Record<string, () => void> = {
    ArrowLeft: () => moves.pan(far, 0),
    ArrowRight: () => moves.pan(-far, 0),
    ArrowUp: () => moves.pan(0, far),
    ArrowDown: () => moves.pan(0, -far),
    "+": () => moves.zoom(1.5),
    "=": () => moves.zoom(1.5),
    "-": () => moves.zoom(1 / 1.5),
    Home: moves.wholeWorld,
    Enter: chooseMiddle,
    " ": chooseMiddle,
    Escape: chooseNothing,
  };
  const act = acts[event.key];
  if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
}
