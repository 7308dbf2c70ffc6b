/** The typed client of the calls about places by what stands there (docs/spec/page.md). */
import { act, get, post, query, type Options } from "../../api.ts";
import type { ToldTexts } from "../../i18n/said.ts";
import type { Act, Clue } from "../../types.ts";

export type ClauseState = "holds" | "near miss" | "not mapped" | "contradicted" | "unknown";
export interface Thing { osm: string; name: string; tags: Record<string, string>; lat_deg: number; lon_deg: number }
export interface ToldClause {
  clause: string; state: ClauseState; weight: number; thing: Thing | null; distance_m?: number; azimuth_deg?: number; short_by_m?: number; count?: number;
  asked_m?: [number, number]; at_anchor?: boolean;
}
export interface FoundPlace {
  rank: number; lat_deg: number; lon_deg: number; sigma_m: number; probability: number; holds: number; of: number; osm: string; name?: string;
  anchor_lat_deg?: number; anchor_lon_deg?: number; clauses?: ToldClause[];
}
export interface RuledOut { osm: string; name: string; probability: number; lat_deg: number; lon_deg: number; why: string; by: string; at: string }
export interface PlaceAnswer {
  question_sha256: string;
  anchor: string; anchors: number; found: number; none_of_these: number; says_little: boolean; attribution: string; advice: string[]; told?: ToldTexts;
  none_why: { thing: string; missing_share: number; missing_from: string };
  set_90: { places: number; none_of_these: boolean };
  clauses: { clause: string; alone: number; of: number; at: string }[];
  maps: { region: string; newest_edit: string | null; box: [number, number, number, number]; attribution: string }[];
  places: FoundPlace[];
  rest: { places: number; probability: number };
  ruled_out: RuledOut[];
}
export interface AskedTable { path: string; kind?: string; id?: string; is?: string; tags?: string; of?: string | string[]; near?: string; on?: string; line?: string; order?: string[];
  within_m?: number; at_least?: number; distance_m?: number | [number, number]; distance_sigma_m?: number; bearing_deg?: number; bearing_sigma_deg?: number; meet?: string; missing?: number }
export interface Asked { things: AskedTable[]; clauses: AskedTable[]; eye: AskedTable | null; anchor: string; regions: string[]; digest: string }
export interface QuestionState {
  text: string;
  maps: { name: string; newest_edit: string | null; box: [number, number, number, number] }[];
  fetch: string;
  answer: PlaceAnswer | null;
  asked: Asked | null;
}
export interface SkylineReply {
  line: { width_px: number; height_px: number; skyline_px: [number, number][] };
  places: { lat_deg: number; lon_deg: number; probability: number; log_ratio_to_elsewhere: number; heading_deg: number; median_deg: number; ridge_m: number; near: boolean; unknown_share: number }[];
  /** Land nearer than this has no known shape on the elevation tiles; absent where nothing was compared. */
  near_m?: number;
  why_not: string | null;
  told?: ToldTexts;
}

export const questionState = (o?: Options) => get<QuestionState>("/api/landmarks", o);
export const kindsOfThings = (word: string, o?: Options) => get<{ things: { is: string; also: string[] }[] }>(`/api/landmarks/things${query({ word: word || null })}`, o);
export const keepText = (text: string) => act<{ kept: number }>("/api/landmarks/keep", { text });
export const checkText = (text: string, o?: Options) => post<Asked>("/api/landmarks/check", { text }, o);
export const askMaps = (text: string, o?: Options) => act<{ answer: PlaceAnswer; asked: Asked; act: Act | null }>("/api/landmarks/ask", { text }, o);
export const rulePlace = (osm: string, why: string | null) => act<{ answer: PlaceAnswer | null; act: Act }>("/api/landmarks/rule", why === null ? { osm, back: true } : { osm, why });
export const placesClue = () => get<{ clue: Clue }>("/api/landmarks/clue");
export const writePlaces = (out: string) => act<{ written: string[]; act: Act | null }>("/api/landmarks/write", { out });
export const skylineOf = (item: string, o?: Options) => post<SkylineReply>("/api/landmarks/skyline", { item }, o);
