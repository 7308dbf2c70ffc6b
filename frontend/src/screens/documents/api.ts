/** The typed client of the calls about documents, lists and replies (docs/spec/page.md). */
import { act, get, picture, post, query, type Options } from "../../api.ts";
import type { ToldTexts } from "../../i18n/said.ts";

export type Box = [number, number, number, number];
export type DocumentState = "text" | "ocr" | "none" | "unread";
export interface DocumentRow {
  sha256: string; name: string; added: string; state: DocumentState; pages: number; without_text: number; readers: string[];
  language_hint: string; notes: string[]; told?: ToldTexts; passages: number; loose: number; drawn: boolean;
}
export interface ClaimLine { id: string; text: string }
export interface Line { start: number; end: number; text: string; box: Box | null }
export interface Reading {
  producer: string; text_sha256: string; label: string; language: string; width: number; height: number; lines: Line[]; pages: number;
  meta: { turn_deg?: number; other_reader?: "same" | "order" | "letters"; confidence?: number; unsure_words?: number; flag?: string; damaged?: string; sender?: string };
}
export interface Translation { id: string; language: string; text: string | null; by?: string; kind: "human" | "machine" | "machine-checked"; tool?: string; checked_by?: string }
export type Stance = "supports" | "contradicts" | "strains" | "cannot_be_tested" | "consistent" | "does_not_bear";
export interface Used { claim: string; text: string; stance: Stance }
export interface PlaceProposal { text_sha256: string; page: number; start: number; end: number; quote: string; why: string; told?: ToldTexts }
export interface Passage {
  id: string; by: string; said_at: string; item: string; quote: string | null; language: string; page: number; label: string; start: number; end: number;
  boxes: Box[]; text_sha256: string; state: "exact" | "proposal" | "orphan" | "unread"; why: string; proposals: PlaceProposal[]; translations: Translation[]; used_in: Used[];
}
export interface Hit {
  item: string; page: number; label: string; language: string; producers: string[]; snippet: string; quote: string; prefix: string; suffix: string; why: string[]; told?: ToldTexts; boxes?: Box[];
  original_offsets: [number, number][];
}
export interface Found {
  query: string; pages_found: number; hits: Hit[]; searched: { documents: number; pages: number; without_text: number; ocr_pages: number };
  recorded?: { kept: boolean; sha256?: string; why?: string };
}
export interface Chosen { item: string; text_sha256: string; page: number; start: number; end: number; words: string; language: string; over?: string }
export interface Entry { number: number; label: string; text: string; translation: string }
export interface ListTold { sha256: string; title: string; entries: Entry[] }
export interface ProposedRow { a: number; text: string; proposed: { b: number; text: string; reasons: string[]; told?: ToldTexts }[] }
export type Verdict = "same" | "narrower" | "wider" | "overlaps" | "only_a" | "only_b" | "unsure";
export interface Pair { a: number[]; b: number[]; verdict: Verdict; why: string }
export interface Counts { entries_a: number; entries_b: number; b_in_a: number; b_in_part: number; only_b: number; only_a: number; unsure_a: number; unsure_b: number }
export interface Comparison {
  sha256: string; at: string; a: { sha256: string; title: string; entries: number }; b: { sha256: string; title: string; entries: number };
  decided_by: string; counts: Counts; table: { a: Entry[]; b: Entry[]; verdict: Verdict; why: string }[];
  second_reading?: { by: string; entries: number; same: number; differ: string[] };
}
export type ReplyState = "waiting" | "overdue" | "answered" | "refused" | "silence" | "undeliverable";
export interface Reply {
  id: string; to: { name: string; kind: string }; asked_at: string; how: string; questions: string | null; deadline: string; outcome: string;
  answer_text: string | null; answered_at: string | null; state: ReplyState; left_s: number | null; claims: ClaimLine[];
}
export const organisations = ["unit", "company", "ministry", "court", "agency", "other_body"] as const;
/** Whom a letter asks, about which claims, and until when; never a single human being. */
export interface Letter {
  to: { name: string; kind: string }; about: string[]; asked_at: string; how: string; questions: string; deadline: string;
}
type Said = { said: { form: string; id: string }[] };

const page = (sha: string, number: number): string => `/api/documents/${sha}/page/${number}`;
export const documents = {
  list: (o?: Options) => get<{ documents: DocumentRow[]; without_text: number; claims: ClaimLine[] }>("/api/documents", o),
  page: (sha: string, number: number, o?: Options) => get<{ readings: Reading[] }>(page(sha, number), o),
  picture: (sha: string, number: number, o?: Options) => picture(`/api/documents/${sha}/picture/${number}`, o),
  passages: (sha: string, o?: Options) => get<{ passages: Passage[] }>(`/api/documents/${sha}/passages`, o),
  read: (item: string, ocr: string, o?: Options) => act<{ documents: { error: { message: string; hint: string | null } | null; notes: string[] }[] }>("/api/documents/read", { item, ocr }, o),
  find: (ask: { words: string; variants: boolean; exact: boolean; keep?: boolean }, o?: Options) => post<Found>("/api/documents/find", ask, o),
  quote: (chosen: Chosen) => act<Said>("/api/documents/quote", chosen),
  translate: (said: { of: string; language: string; text: string; by: string; kind: string; tool?: string; checked_by?: string }) => act<Said>("/api/documents/translate", said),
  cite: (said: { claim: string; on: { passage: string } | { segment: string }; stance: Stance; credibility: number; why: string }) => act<Said>("/api/documents/cite", said),
  lists: (o?: Options) => get<{ lists: { sha256: string; name: string }[]; comparisons: Comparison[] }>("/api/lists", o),
  proposals: (a: string, b: string, o?: Options) => get<{ a: ListTold; b: ListTold; proposals: ProposedRow[] }>(`/api/lists/proposals${query({ a, b })}`, o),
  decide: (said: { a: string; b: string; by: string; pairs: Pair[]; first?: string }) => act<Omit<Comparison, "sha256" | "at"> & { kept: { sha256: string } }>("/api/lists/decide", said),
  replies: (o?: Options) => get<{ replies: Reply[] }>("/api/replies", o),
  reply: (said: { over: string; outcome: string; answer_text?: string; answered_at?: string } | Letter) => act<Said>("/api/replies/add", said),
};
