/** The typed client of the calls about sites (docs/spec/page.md). */
import { act, get, picture, post, query, type Options } from "../../api.ts";
import type { ToldTexts } from "../../i18n/said.ts";

export type SightState = "seen" | "not-seen" | "could-not" | "open";
export const REASONS = ["cloud", "shadow", "snow", "resolution", "angle", "contrast", "edge", "position"] as const;
export const STAGES = ["visible", "cleared", "complete", "stripped"] as const;
export const COULD = ["yes", "doubtful", "no"] as const;
export type Ring = [number, number][];

export interface SiteRow { id: string; name: string; folder: string; problem: string | null; told?: ToldTexts; features: number; images: number }
export interface Feature { name: string; kind: string; height_m: number | null; width_m: number | null; rings: Ring[] }
export interface Chip { rows?: number; cols?: number; pixel_m?: number; outlines?: Record<string, Ring[]>; bands?: string[] }
export interface SiteImage {
  id: string;
  /** Null to a blind reader. */
  taken: { from: string; to: string | null; basis: "metadata" | "printed" | "stated" } | null;
  provider: string;
  scene_id: string | null;
  gsd_m: number | null;
  off_nadir_deg: number | null;
  sun_elevation_deg: number | null;
  licence: string;
  redistribute: boolean;
  stack: string | null;
  clear: number | null;
  hidden: Record<string, number>;
  shift_px: [number, number, number] | null;
  warnings: string[] | null;
  told?: ToldTexts;
  chip: Chip;
}
export interface Reading {
  image: string; feature: string; stage: string; state: "seen" | "not-seen" | "could-not"; by: string; at: string;
  why: string | null; could: string | null; blind: boolean; settles: boolean; area_m2: [number, number, number] | null; note: string;
}
export interface Cell { image: string; feature: string; state: SightState; why: string[]; readers: number }
export interface Bound { images: string[]; state: string; from: string | null; to: string | null; readers: number }
export interface SiteEvent {
  feature: string; stage: string; event: string; after: string | null; until: string | null; last_before: Bound | null; first_after: Bound | null;
  between_could_not: { images: string[]; why: string[] }[]; between_unread: string[]; conflicts: string[]; told?: ToldTexts;
}
export interface Measure { value: number | null; lo: number | null; hi: number | null }
export interface Mode { from: { image: string; taken: string }; to: { image: string; taken: string }; p: number; could_not: string[] }
export interface Proposal {
  feature: string; stack: string; order: number; level: number; modes: Mode[]; unread: string[];
  injected: { n: number; found: number; missed: number; held: number };
}
export interface Area { feature: string; image: string; from: string; to: string; area_m2: number; lo_m2: number; hi_m2: number }
export interface Step { feature: string; before: string; after: string; change_m2: [number, number, number]; is_sure: boolean }
/** What the computer judged of one feature in one series, found or not. */
export interface JudgedSeries { feature: string; stack: string; events: number; why_not: string | null; told?: ToldTexts; injected: number; found: number }
/** What rules say of a feature in an image, for a person to confirm. */
export interface RuleRow { image: string; feature: string; answer: (typeof COULD)[number]; reasons: string[] }
export interface SiteView {
  name: string; by: string; stage: string; blind: boolean; features: Feature[]; images: SiteImage[]; readings: Reading[]; cells: Cell[];
  timelines?: { feature: string; stage: string; there_at_first: boolean | null; changes: number }[];
  events?: SiteEvent[];
  conflicts?: { feature: string; stage: string; conflict: string; told?: ToldTexts }[];
  agreement?: { pairs: number; images: number; equal: number; kappa: Measure; ac1: Measure };
  areas?: Area[];
  steps?: Step[];
  proposals?: Proposal[];
  looked_for?: { series: JudgedSeries[]; current: boolean };
  /** Whether the server is looking for changes. */
  proposing?: boolean;
}
export interface TypedReading {
  site: string; image: string; feature: string; state: string; by: string; stage: string; blind: boolean;
  why?: string; could?: string; settles?: boolean; area_m2?: number[]; note?: string;
}

export const listSites = (o?: Options) => get<{ sites: SiteRow[] }>("/api/sites", o);
export const openSite = (path: string) => act<{ site: SiteRow }>("/api/sites/open", { path });
export const siteView = (id: string, reader: { by: string; stage: string; blind: boolean }, o?: Options) =>
  get<SiteView>(`/api/sites/${id}${query({ by: reader.by || null, stage: reader.stage, blind: reader.blind ? "yes" : null })}`, o);
export const siteRules = (id: string, feature: string, o?: Options) =>
  get<{ rows: RuleRow[] }>(`/api/sites/${id}/could${query({ feature })}`, o);
export const proposeSite = (site: string, o?: Options) => post<{ kept_before: boolean }>("/api/sites/propose", { site }, o);
export const siteImage = (id: string, image: string, o?: Options) => picture(`/api/sites/${id}/image/${image}`, o);
export const keepReading = (typed: TypedReading) => act<{ state: string }>("/api/sites/read", typed);
