/** Claims as the server tells them (docs/spec/page.md). */
import { act, get, type Options } from "../../api.ts";

export const stances = ["contradicts", "strains", "cannot_be_tested", "supports", "consistent", "does_not_bear"] as const;
export type Stance = (typeof stances)[number];
export const confidences = ["low", "moderate", "high"] as const;
export type Confidence = (typeof confidences)[number];
export type Verdict = "agree" | "disagree" | "return";

export interface Cited {
  kind: string;
  id: string;
  part: string | number | null;
  /** Its words, or what it is called; null where it is not there. */
  said: string | null;
  item: string | null;
}

export interface Weighing {
  id: string;
  stance: Stance;
  credibility: number;
  why: string;
  by: string;
  answered_by: string | null;
  greyed: string | null;
  column: string;
  cited: Cited;
}

export interface Review {
  id: string;
  by: string;
  verdict: Verdict;
  why: string;
}

export interface Judgement {
  id: string;
  by: string;
  low_pct: number;
  high_pct: number;
  confidence: Confidence;
  why: string;
  contrary: string[];
  reviews: Review[];
}

export interface Reply {
  id: string;
  to: { name: string; kind: string };
  asked_at: string;
  deadline: string;
  outcome: string;
  answer_text: string | null;
}

export interface OpenPoint {
  code: string;
  where: string;
}

export interface Claim {
  id: string;
  text: Record<string, string | null>;
  kind: string;
  event: string;
  by: string;
  at: string;
  standard: string;
  /** What a new version must keep; the place is the digest of its outline. */
  question: string | null;
  place: string | null;
  earliest: string | null;
  latest: string | null;
  greyed: string | null;
  state: "open" | "judged" | "reviewed" | "disputed";
  evidence: Weighing[];
  judgements: Judgement[];
  replies: Reply[];
  origins: { fewest: number; most: number };
  open: OpenPoint[];
}

export interface Column {
  key: string;
  kind: string;
  title: string;
  origin: number;
}

export interface Dispute {
  kind: string;
  about: string;
  sides: string[];
  told: { side: string; by: string; said: string }[];
}

export interface Named {
  id: string;
  title: string;
}

export interface ClaimTable {
  claims: Claim[];
  columns: Column[];
  events: Named[];
  questions: Named[];
  disputes: Dispute[];
  faults: { where: string; expected: string; found: string }[];
  bands: [number, number, string][];
  me: string;
}

export interface Telling {
  id: string;
  form: string;
  said: string;
}

export interface ClaimDetail {
  claim: string;
  origins: { fewest: number; most: number; origins: Telling[][]; unexamined: [string, string][]; contested: [string, string][] };
  bounds: { earliest: string | null; latest: string | null; time_conflicts: string[][]; place_conflicts: string[][]; region_empty: boolean };
  versions: { body: string; by: string; at: string }[];
}

export interface Citable {
  kind: string;
  id: string;
  said: string;
  by: string;
}

export type Form = Record<string, unknown> & { form: string };

export const claimTable = (o?: Options) => get<ClaimTable>("/api/claims", o);
export const claimDetail = (id: string, o?: Options) => get<ClaimDetail>(`/api/claims/${id}`, o);
export const citable = (words: string, o?: Options) => get<{ found: Citable[]; more: number }>(`/api/claims/citable?${new URLSearchParams({ words })}`, o);
export const sayForms = (forms: Form[]) => act<{ said: { form: string; id: string }[] }>("/api/claims/say", { forms });
export const withdrawSaid = (id: string, reason: string) => act<{ id: string }>("/api/claims/withdraw", { id, reason });
