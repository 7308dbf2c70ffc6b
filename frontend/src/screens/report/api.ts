/** The report as the server tells it (docs/spec/page.md). */
import { act, get, post, type Options } from "../../api.ts";
import type { Act, ClueDocument, Sha256 } from "../../types.ts";

export const choices = ["original", "hidden", "words", "no_pixels", "withheld", "out"] as const;
export type Choice = (typeof choices)[number];

/** What is asked to go out. `claims` null: all of them. */
export interface Choices {
  claims: string[] | null;
  items: Record<Sha256, { as: Choice; why?: string }>;
  title: string;
  text: string;
  overrides: Record<string, string>;
}

export interface Row {
  sha256: Sha256;
  name: string;
  kind: "photo" | "video" | "other" | "gone";
  source: string;
  told: number;
  cited: boolean;
  as: Choice;
  why: string;
  options: Choice[];
}

export interface Refusal {
  code: string;
  where: string;
  why: string;
  mend: string;
  rule: string;
  named: Record<string, string>;
  may_be_lifted: boolean;
}

export interface SheetText {
  language: string;
  text: string;
  note: string;
}

export interface SheetClaim {
  number: number;
  identity: string;
  texts: SheetText[];
  facts: [string, string][];
  origins: string;
  weighings: { stance: string; evidence: number[]; credibility: string; why: string; answer: string }[];
  judgements: { likelihood: string; confidence: string; why: string; by: string; reviews: { by: string; verdict: string; why: string }[]; standing: boolean }[];
  replies: { to: string; outcome: string; answer: SheetText[] }[];
}

export interface Sheet {
  title: string;
  prose: string[];
  claims: SheetClaim[];
  evidence: { number: number; kind: string; heading: string; texts: SheetText[]; facts: [string, string][]; files: number[]; pictures: string[]; words_only: boolean }[];
  files: { number: number; sha256: string; name: string; role: string; state: string; why: string; pictures: string[] }[];
  lifted: [string, string][];
  answers: number;
}

export interface Check {
  may_go: boolean;
  claims: string[];
  shown: { sha256: Sha256 }[];
  held_back: { sha256: Sha256; why: string }[];
  refusals: Refusal[];
  lifted: (Refusal & { reason: string })[];
  warnings: { code: string; where: string; why: string }[];
  every_claim: { id: string; text: Record<string, string | null>; state: string; chosen: boolean }[];
  items: Row[];
  copies: Record<Sha256, Sha256[]>;
  sheet: Sheet;
}

export interface Written {
  written: string[];
  report_sha256: string;
  key: string;
  verify: string;
  act: Act | null;
}

export const readDraft = (o?: Options) => get<{ draft: Choices | null }>("/api/release/draft", o);
export const keepDraft = (draft: Choices) => act<{ kept: boolean }>("/api/release/draft", { draft });
export const checkRelease = (asked: Choices, o?: Options) => post<Check>("/api/release/check", { asked }, o);
export const writeRelease = (asked: Choices, out: string, document: ClueDocument | undefined, o?: Options) => act<Written>("/api/release/write", { asked, out, document }, o);
