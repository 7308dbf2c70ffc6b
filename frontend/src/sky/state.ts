/** What the sky dome shows: the sun's region from the marks or the clues, the path of a place and date, and a sun to drag. */
import { computed, effect, signal } from "@preact/signals";
import { api } from "../api.ts";
import { Delay } from "../newest.ts";
import { endSeconds } from "../preview/clues.ts";
import { cluesWith } from "../preview/index.ts";
import { sunSeen } from "../preview/sun.ts";
import { edit } from "../store/edit.ts";
import { fail } from "../store/notices.ts";
import { draft, forgotten, frameKey, frameReplies, inquiry, newId, selection, trialSun } from "../store/signals.ts";
import type { Clue, FrameReply } from "../types.ts";
import type { Sun } from "./dome.ts";

const DAY_MS = 86_400_000;

export const told = computed<FrameReply | null>(() => (frameKey.value === null ? null : (frameReplies.value[frameKey.value] ?? null)));
export const camera = computed(() => told.value?.overlay.camera ?? null);

/** The day and the minute of it (UTC) that the sliders stand at; null until somebody touches them or a place gives a path. */
export const chosenDay = signal<number | null>(null);
export const chosenMinute = signal(720);
const place = computed(() => selection.value.place);

/** The first and last day [days from 1970] that the case allows, for the date's slider. */
export const days = computed<readonly [number, number]>(() => {
  const { not_before, not_after } = inquiry.value.prior;
  const at = inquiry.value.frames[frameKey.value ?? ""]?.marks.scene?.at ?? null;
  const [from, to] = [Date.parse(not_before ?? ""), 1000 * (endSeconds(not_after) ?? NaN)];
  if (Number.isFinite(from) && Number.isFinite(to) && to > from) return [Math.floor(from / DAY_MS), Math.floor((to - 1) / DAY_MS)];
  const clue = inquiry.value.clues.find((kept) => typeof kept.clue["at"] === "string");
  const middle = Date.parse(at ?? (clue?.clue["at"] as string | undefined) ?? "");
  const day = Math.floor((Number.isFinite(middle) ? middle : Date.now()) / DAY_MS);
  return [day - 182, day + 182];
});
export const day = computed(() => {
  const picked = selection.value.from === null ? NaN : Date.parse(selection.value.from);
  const [first, last] = days.value;
  return chosenDay.value ?? (Number.isFinite(picked) ? Math.floor(picked / DAY_MS) : Math.floor((first + last) / 2));
});
export const dateText = (at: number): string => new Date(at * DAY_MS).toISOString().slice(0, 10);

/** Azimuths are from the camera's axis while nothing ties it to north and no path is asked for. */
export const relative = computed(() => camera.value !== null && camera.value.heading_deg === null && place.value === null && trialSun.value?.relative !== false);

/** Where the sun stands by the marks, or by a clue that names it. */
interface Stands {
  readonly sun: Sun;
  readonly covariance: number[][] | null;
  readonly anyAzimuth: boolean;
  readonly sigma: number;
  /** The clue that says so, where no marks do. */
  readonly clue?: Clue;
}
export const solved = computed<Stands | null>(() => {
  const sun = told.value?.sun;
  if (sun !== null && sun !== undefined && sun.elevation_deg !== null) {
    const sigma = sun.elevation_sigma_deg ?? 1;
    const clue = told.value?.clue;
    const covariance = (clue?.["covariance_deg2"] ?? sun["covariance_deg2"] ?? null) as number[][] | null;
    if (relative.value && sun.relative_azimuth_deg !== null) return { sun: { azimuthDeg: sun.relative_azimuth_deg, elevationDeg: sun.elevation_deg }, covariance, anyAzimuth: false, sigma };
    if (sun.azimuth_deg !== null) return { sun: { azimuthDeg: sun.azimuth_deg, elevationDeg: sun.elevation_deg }, covariance, anyAzimuth: false, sigma };
    return { sun: { azimuthDeg: 0, elevationDeg: sun.elevation_deg }, covariance: null, anyAzimuth: true, sigma };
  }
  for (const { clue } of inquiry.value.clues.filter((kept) => kept.on)) {
    const found = ofClue(clue);
    if (found !== null) return { ...found, clue };
  }
  return null;
});

function ofClue(clue: Clue): Stands | null {
  const number = (field: string): number | null => (typeof clue[field] === "number" ? (clue[field] as number) : null);
  const [elevation, azimuth] = [number("elevation_deg"), number("azimuth_deg")];
  const sigma = number("elevation_sigma_deg") ?? number("sigma_deg") ?? 1;
  if (clue.kind === "sun_direction" && elevation !== null && azimuth !== null) {
    const across = (number("azimuth_sigma_deg") ?? 1) * Math.cos((elevation * Math.PI) / 180);
    const covariance = (clue["covariance_deg2"] as number[][] | undefined) ?? [[across ** 2, 0], [0, sigma ** 2]];
    return { sun: { azimuthDeg: azimuth, elevationDeg: elevation }, covariance, anyAzimuth: false, sigma };
  }
  if (clue.kind === "sun_elevation" && elevation !== null) return { sun: { azimuthDeg: 0, elevationDeg: elevation }, covariance: null, anyAzimuth: true, sigma };
  const [height, length] = [number("height"), number("length")];
  if (clue.kind !== "shadow_length" || height === null || length === null || height <= 0 || length <= 0) return null;
  const ratio = height / length;
  const spread = Math.hypot((number("height_sigma") ?? 0) / height, (number("length_sigma") ?? 0) / length, 0.0247 / ratio);
  const up = Math.atan(ratio);
  return { sun: { azimuthDeg: 0, elevationDeg: (up * 180) / Math.PI }, covariance: null, anyAzimuth: true, sigma: (Math.sin(up) * Math.cos(up) * spread * 180) / Math.PI };
}

/** The sun that a drag starts from. */
export const shown = computed<Sun>(() => {
  const trial = trialSun.value;
  if (trial !== null) return { azimuthDeg: trial.azimuth_deg, elevationDeg: trial.elevation_deg };
  return solved.value?.sun ?? { azimuthDeg: 180, elevationDeg: 40 };
});

/** Holds a sun. `dragging` is true while the pointer is down: only then do map and calendar follow. */
export function hold(sun: Sun, dragging: boolean, isRelative = relative.peek()): void {
  trialSun.value = { azimuth_deg: sun.azimuthDeg, elevation_deg: sun.elevationDeg, relative: isRelative };
  if (!dragging) return;
  const instead = solved.peek()?.clue;
  draft.value = { clues: cluesWith(frameKey.peek() ?? "", [asClue(sun, isRelative)]).filter((clue) => clue !== instead), held: "sun" };
}
export function letGo(): void {
  draft.value = null;
}
export function back(): void {
  trialSun.value = null;
  draft.value = null;
  chosenDay.value = null;
}

/** A sun as the clue it would be: with the solution's own error, or 2 degrees. */
function asClue(sun: Sun, isRelative: boolean): Clue {
  const before = told.peek()?.clue ?? solved.peek()?.clue ?? null;
  const same = before?.["covariance_deg2"] !== undefined && !(isRelative && before.kind === "sun_direction");
  const covariance_deg2 = same ? before!["covariance_deg2"]! : [[4, 0], [0, 4]];
  const at = before?.["at"] ?? inquiry.peek().frames[frameKey.peek() ?? ""]?.marks.scene?.at;
  const when = at === undefined ? {} : { at };
  const elevation_deg = Math.max(sun.elevationDeg, -2);
  if (isRelative) return { kind: "camera_direction", relative_azimuth_deg: ((sun.azimuthDeg + 180) % 360) - 180, elevation_deg, covariance_deg2, ...when };
  return { kind: "sun_direction", azimuth_deg: sun.azimuthDeg, elevation_deg, covariance_deg2, ...when };
}

/** The dragged sun becomes a clue of its own, 2 degrees each way. */
export function keepAsClue(): void {
  const trial = trialSun.peek();
  if (trial === null || trial.relative) return;
  const round = (value: number): number => Math.round(value * 10) / 10;
  const clue: Clue = { kind: "sun_direction", azimuth_deg: round(trial.azimuth_deg), elevation_deg: round(trial.elevation_deg), azimuth_sigma_deg: 2, elevation_sigma_deg: 2 };
  edit("added a sun direction from the sky dome", (now) => ({ ...now, clues: [...now.clues, { id: newId("clue"), on: true, clue }] }));
  back();
}

/** The sliders' sun over the chosen place, held. */
export function holdInstant(dayNumber: number, minute: number, dragging: boolean): void {
  const where = place.peek();
  chosenDay.value = dayNumber;
  chosenMinute.value = minute;
  if (where === null) return;
  const sun = sunSeen(where[0], where[1], dayNumber * 86400 + minute * 60);
  hold({ azimuthDeg: sun.azimuthDeg, elevationDeg: Math.max(sun.elevationDeg, -2) }, dragging, false);
}

/** The path over the place: at once from the page's own sun, then Python's. */
export const path = signal<readonly (readonly [number, number, number])[]>([]);
const exact = new Map<string, [number, number, number][]>();

let started = false;
export function startPath(): void {
  if (started) return;
  started = true;
  effect(() => {
    if (forgotten.value === 0) return;
    exact.clear();
    chosenDay.value = null;
  });
  const soon = new Delay(200);
  effect(() => {
    const [where, at] = [place.value, day.value];
    soon.stop();
    if (where === null) {
      path.value = [];
      return;
    }
    const [lat, lon] = where;
    const key = `${lat} ${lon} ${at}`;
    const known = exact.get(key);
    if (known !== undefined) {
      path.value = known;
      return;
    }
    path.value = Array.from({ length: 145 }, (_, k) => {
      const sun = sunSeen(lat, lon, at * 86400 + k * 600);
      return [k * 10, sun.azimuthDeg, sun.elevationDeg] as const;
    });
    soon.start(() => {
      api.sunline(lat, lon, dateText(at), "UTC").then((reply) => {
        exact.set(key, reply.path);
        if (exact.size > 200) exact.delete(exact.keys().next().value!);
        if (place.peek() === where && day.peek() === at) path.value = reply.path;
      }).catch(fail);
    });
  });
}
