/**
 * Where the page's parts meet.
 *
 * `<FrameView/>` (src/frame) and `<SkyDome/>` (src/sky) take nothing: they read and write the signals of store/signals.ts.
 * The preview (src/preview) listens to `draft` and `trialSun` and writes `preview`.
 */
import type { Clue, Grid, Calendar, Polyline } from "./types.ts";

/** A sun that is dragged or typed; azimuth clockwise from true north, or from the optical axis while the heading is unknown. */
export interface TrialSun {
  azimuth_deg: number;
  elevation_deg: number;
  relative: boolean;
}

/** What is being dragged right now, as the clues it would become. Null: nothing is held; the exact answer counts. */
export interface Draft {
  clues: Clue[];
  /** For people and tests: what is held, e.g. "mark", "sun", "date". */
  held: string;
}

export interface Preview {
  map?: Grid;
  calendar?: Calendar;
  /** Shadows cast by `trialSun`, by mark. */
  shadows?: { mark: number; line: Polyline }[];
  /** From the pointer's event to this result [ms], for the latency test. */
  took_ms?: number;
}

/** What the page's selection is. Every part may be null. */
export interface Selection {
  item: string | null;
  frame: number;
  mark: number | null;
  clue: string | null;
  place: [number, number] | null;
  from: string | null;
  to: string | null;
}
