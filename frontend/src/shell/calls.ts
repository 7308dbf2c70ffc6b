/** Calls about the whole of a case, and about cases (docs/spec/page.md), with what they answer. */
import { get, post, query, type Options } from "../api.ts";
import { language } from "../i18n/index.ts";
import type { CaseState } from "../types.ts";
import type { ScreenName } from "./address.ts";

/** Words by the language they were said in; under "" where none was said. */
export type Said = Record<string, string>;

export interface CaseEvent {
  id: string;
  title: Said;
  earliest: string | null;
  latest: string | null;
  placed: boolean;
  items: string[];
  claims: number;
}

/** Something that is open: what a claim lacks, what nobody has looked at. */
export interface OpenPoint {
  code: string;
  screen: ScreenName;
  rest: string[];
  /** Whether it stands between the case and a report. */
  stops: boolean;
  count?: number;
  title?: Said;
  event?: string;
  deadline?: string;
}

export interface Overview {
  items: Partial<Record<"photo" | "video" | "other", number>>;
  events: CaseEvent[];
  claims: Partial<Record<"open" | "judged" | "reviewed" | "disputed", number>>;
  accounts: number;
  documents: number;
  open: OpenPoint[];
  more: number;
  /** How many things wait on each screen. */
  waits: Partial<Record<ScreenName, number>>;
}

export interface Found {
  words: string;
  items: { sha256: string; name: string; kind: "photo" | "video" | "other" }[];
  said: { form: string; id: string; title: Said; screen: ScreenName; snippet?: string }[];
  pages: { item: string; name: string; page: number; label: string; snippet: string; quote: string; language: string }[];
  looked_in: { items: number; said: number; documents: number; pages: number; without_text: number };
}

/** One row of the list of sites, as far as it is searched. */
export interface SiteName {
  id: string;
  name: string;
}

export interface RecentCases {
  keep: boolean;
  cases: { name: string; path: string; at: string; missing: boolean }[];
}

export interface FolderList {
  path: string;
  parent: string | null;
  case: boolean;
  folders: { name: string; path: string; case: boolean }[];
  more: number;
}

export const calls = {
  overview: (o?: Options) => get<Overview>("/api/overview", o),
  search: (words: string, o?: Options) => get<Found>(`/api/search${query({ words })}`, o),
  recent: () => get<RecentCases>("/api/recent"),
  keepRecent: (keep: boolean) => post<RecentCases>("/api/recent", { keep }),
  forgetRecent: (path: string) => post<RecentCases>("/api/recent", { forget: path }),
  sites: () => get<{ sites: SiteName[] }>("/api/sites"),
  folders: (path: string | null) => get<FolderList>(`/api/folders${query({ path })}`),
  /** A new case in a free folder, named by the date. */
  newCase: () => post<{ state: CaseState }>("/api/case/new", {}),
};

/** What was said, in the page's language where it is among them. */
export const inOwnWords = (title: Said): string => title[language.value] ?? title["en"] ?? Object.values(title)[0] ?? "";
