/** The documents of docs/spec/page.md, as types. Names are those on the wire. */
import type { Sentence } from "./i18n/said.ts";

export type Sha256 = string;
/** `SHA256:NUMBER`; 0 for a photo. */
export type FrameKey = string;
export type Point = [number, number];
export type Polyline = Point[];
/** Latitude first, as everywhere but GeoJSON. */
export type LatLon = [number, number];
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Item {
  sha256: Sha256;
  name: string;
  bytes: number;
  kind: "photo" | "video" | "other";
  added: string;
  width_px?: number;
  height_px?: number;
  duration_s?: number;
}

export type Area =
  | string
  | { lat_deg: number; lon_deg: number; radius_km: number }
  | { south: number; west: number; north: number; east: number };

export interface Prior {
  not_before?: string;
  not_after?: string;
  area?: Area;
}

/** One table of the clue document, as `locate` reads it. */
export interface Clue {
  kind: string;
  [field: string]: Json | undefined;
}

export interface KeptClue {
  id: string;
  on: boolean;
  /** Solved from this frame's marks. */
  frame?: FrameKey;
  /** Added by hand while this frame was on screen: it shares the frame's moment. */
  picture?: FrameKey;
  clue: Clue;
}

/** One `[[mark]]` of the marks document; the fields depend on `means`. */
export interface Mark {
  means: string;
  what?: string;
  sigma_px?: number;
  base_px?: Point;
  top_px?: Point;
  tip_px?: Point;
  px?: Point;
  points_px?: Point[];
  lines_px?: [number, number, number, number][];
  [field: string]: unknown;
}

/** The marks document of `noonmark frame`. */
export interface Marks {
  image: { width_px: number; height_px: number; [field: string]: unknown };
  lens?: { device?: string; focal_px?: number; focal_sigma_px?: number; focal_mm_35?: number; [field: string]: unknown };
  camera?: { [field: string]: unknown };
  scene?: { at?: string; slope_sigma_deg?: number; lean_sigma_deg?: number; [field: string]: unknown };
  mark: Mark[];
  [field: string]: unknown;
}

export interface KeptFrame {
  item: Sha256;
  number: number;
  time_s: number | null;
  marks: Marks;
}

export interface Pin {
  id: string;
  label: string;
  place: LatLon | null;
  km: number;
  from: string | null;
  to: string | null;
}

export type LayerKind = "pmtiles" | "geotiff" | "geojson" | "kml";

export interface Layer {
  id: string;
  path: string;
  name: string;
  kind: LayerKind;
  shown: boolean;
}

export interface Inquiry {
  version: 1;
  prior: Prior;
  clues: KeptClue[];
  frames: Record<FrameKey, KeptFrame>;
  pins: Pin[];
  layers: Layer[];
  notes: string;
}

export interface Act {
  number: number;
  at: string;
  said: string;
  /** The same by code, for the page's languages. */
  told: Sentence[];
  command: string | null;
}

export interface CaseState {
  revision: number;
  path: string;
  name: string;
  read_only: boolean;
  /** One sentence, where it is. */
  read_only_why?: string | null;
  items: Item[];
  inquiry: Inquiry;
  record: Act[];
}

export interface Hello {
  noonmark: string;
  platform: string;
  languages: string[];
  case: string | null;
  home: string;
}

export interface ClueDocument {
  prior: Prior;
  clue: Clue[];
}

export interface MultiPolygon {
  type: "MultiPolygon";
  coordinates: [number, number][][][];
}

export interface Region {
  area_km2: number;
  /** Every span; empty where there are too many, which `when` and `bands` tell. */
  utc: [string, string][];
  cells: number;
  hours: number;
  when: string;
  geojson?: MultiPolygon;
}

export interface Mode {
  mass: number;
  lat_deg: number;
  lon_deg: number;
  utc: string;
  area_km2: number;
  utc_from: string;
  utc_to: string;
  utc_spans: [string, string][];
  hours: number;
  when: string;
  nearest_place: string | null;
  local: { zone: string; time: string }[];
}

export interface ClueReport {
  index: number;
  kind: string;
  log_evidence: number;
  pull_sigma: number | null;
  /** Of seeing what was seen; null where numbers were measured. */
  chance?: number | null;
  outlier: number;
  area_km2_without: number | null;
}

export interface Conflict {
  clues: number[];
  why: string;
}

export interface LocateAdvice {
  measure: string;
  sigma_deg: number | null;
  area_km2_expected: number | null;
  information_bits: number;
  unit: "km2" | "s";
  now: number;
  expected: number;
  range: [number, number];
  /** Two sizes, the likelier first; absent where one is near most readings. */
  likely?: { size: number; chance: number }[];
  unchanged: boolean;
}

export type Level = "0.5" | "0.9" | "0.99";

export interface Answer {
  noonmark: string;
  clues_sha256: string;
  credible: Record<Level, Region>;
  modes: Mode[];
  clues: ClueReport[];
  conflicts: Conflict[];
  advice: LocateAdvice[];
  /** Of each clue that names places, every one that holds a thousandth or more. */
  places?: { clue: number; told: NamedPlace[] }[];
  warnings?: string[];
  seconds?: { cpu: number; wall: number };
  [field: string]: unknown;
}

/** A share of the probability: beside all clues, and as its clue stated it. */
export interface PlaceShare {
  probability: number;
  stated: number;
}

/** A place that a clue names; `place`: which of the clue's. */
export interface NamedPlace extends PlaceShare {
  place: number;
  lat_deg: number;
  lon_deg: number;
}

/** The places of one clue of the document, the most probable first: those listed, the others together, and none of them. */
export interface NamedPlaces {
  clue: number;
  told: (NamedPlace & { name: string | null })[];
  others: PlaceShare & { places: number };
  none_of_these: PlaceShare;
}

/** A piece of the Earth in degrees; `east` may pass 180. */
export interface GeoBox {
  south: number;
  west: number;
  north: number;
  east: number;
}

/** What a grid covers; row 0 is north. */
export interface Cover extends GeoBox {
  rows: number;
  columns: number;
}

/** A grid as it comes: base64. */
export interface WireGrid extends Cover {
  values: string;
  level: string;
}

/** The same, decoded. `level` 128 and less lies inside the 50 % region. */
export interface Grid extends Cover {
  values: Float32Array;
  level: Uint8Array;
}

export interface WireMap {
  world: WireGrid;
  region: WireGrid | null;
  contours: Record<Level, MultiPolygon>;
  modes?: Mode[];
}

export interface AnswerMap {
  world: Grid;
  region: Grid | null;
  contours: Record<Level, MultiPolygon> | null;
  modes: Mode[];
}

export interface SunRow {
  date: string;
  dawn: string | null;
  sunrise: string | null;
  noon: string | null;
  sunset: string | null;
  dusk: string | null;
}

export interface WireCalendar {
  dates: [string, string];
  rows: number;
  columns: number;
  step_days: number;
  step_min: number;
  values: string;
  level: string;
  zone: string;
  /** The zone at the place that the sun is drawn for; null where there is no one place or no one zone. */
  place_zone?: string | null;
  sun: SunRow[];
}

export interface Calendar extends Omit<WireCalendar, "values" | "level"> {
  values: Float32Array;
  level: Uint8Array;
}

export interface LocateReply {
  answer: Answer;
  id: string;
  map: WireMap;
  calendar: WireCalendar;
  words: string;
  /** The answer's warnings by code, in their order. */
  warnings_told?: Sentence[][];
  /** Of the nearest settlement of each mode. */
  near_told?: Sentence[][];
  named?: NamedPlaces[];
  act: Act | null;
}

/** What is known first of an answer: how large the regions are, and the map of them. */
export interface FirstReply {
  id: string;
  credible: Record<Level, { area_km2: number }>;
  map: WireMap;
}

/** How far a clue is from a claim. */
export interface ClueCheck {
  index: number;
  kind?: string;
  pull_sigma: number | null;
  expected: Json;
  measured: Json;
  chance: number | null;
}

/** The words of a verdict; null where the clues fit nowhere in the prior. */
export type VerdictWord = "consistent" | "strained" | "inconsistent unless mismeasured" | "inconsistent" | null;

export interface CheckReply {
  verdict: VerdictWord;
  inside_prior: boolean;
  unless: number[][];
  p_measured: number;
  p_model: number;
  p_value: number;
  rate: number | null;
  log_ratio: number | null;
  best: { lat_deg: number; lon_deg: number; utc: string } | null;
  clues: ClueCheck[];
  thresholds: { [verdict: string]: number };
  words: string;
  act: Act | null;
}

export interface OverlayCamera {
  width_px: number;
  height_px: number;
  focal_px: number;
  centre_px: Point;
  k1: number;
  /** Unit vector to the zenith in camera axes: x right, y down, z forward. */
  up: [number, number, number];
  heading_deg: number | null;
}

export interface Overlay {
  horizon: Polyline | null;
  zenith_px: Point | null;
  nadir_px: Point | null;
  plumbs: { mark: number; line: Polyline }[];
  shadows: { mark: number; base_px: Point; top_px: Point; tip_px: Point; line: Polyline; ellipse: Polyline }[];
  sun_px: Point | null;
  sun_ellipse: Polyline | null;
  camera: OverlayCamera | null;
}

export interface FrameSun {
  elevation_deg: number | null;
  elevation_sigma_deg: number | null;
  relative_azimuth_deg: number | null;
  relative_azimuth_sigma_deg: number | null;
  azimuth_deg: number | null;
  azimuth_sigma_deg?: number | null;
  [field: string]: unknown;
}

/** What one of Python's sentences about a frame is about, and the numbers in it. */
export interface ToldPoint {
  what: string;
  value?: number;
  give_or_take?: number;
}

/** The JSON of `noonmark frame`, plus the overlay. */
export interface FrameReply {
  sun: FrameSun | null;
  camera: { pitch_deg: number | null; roll_deg: number | null; heading_deg: number | null; [field: string]: unknown };
  lens: { focal_px: number; focal_sigma_px: number; focal_mm_35: number; [field: string]: unknown };
  marks: { index: number; means: string; what?: string; residual_sigma: Record<string, number>; worst_sigma: number | null; used: boolean }[];
  conflicts: { [field: string]: unknown }[];
  assumed: string[];
  assumed_points: ToldPoint[];
  warnings: string[];
  warning_points: ToldPoint[];
  clue: Clue | null;
  clues: Clue[];
  not_determined: string[];
  not_determined_points: ToldPoint[];
  advice: { measure: string; why: string; shrinkage: number; [field: string]: unknown }[];
  overlay: Overlay;
}

export interface FrameList {
  width_px: number;
  height_px: number;
  count: number;
  times_s: (number | null)[];
  key: number[];
  cuts: number[];
}

export interface Place {
  name: string;
  country: string;
  lat: number;
  lon: number;
  population: number;
  zone: string;
}

export interface Basemap {
  coast: number[][];
  borders: number[][];
  land: number[][];
  source: string;
}

export interface Job<T> {
  done: boolean;
  share: number;
  words: string;
  result?: T;
}

/** A box of the redaction plan; its exact fields are those of `noonmark schema redaction-plan`. */
export type RedactionPlan = { [field: string]: unknown };
