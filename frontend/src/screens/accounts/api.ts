/** The typed client of the calls about accounts (docs/spec/page.md). */
import { act, get, query, type Options } from "../../api.ts";
import type { Translation, Used } from "../documents/api.ts";

export type Quotable = "yes" | "words" | "altered voice" | "no";
export interface Restriction { level: "open" | "team" | "sealed"; why: string }
export interface AccountRow {
  id: string; number: number; segments: number; ends_ms: number; quotable: Quotable; restriction: Restriction | null; source?: string;
  how: string; given_at: string; languages: string[]; heard_others: "no" | "yes" | "unknown"; led: string; paid: string;
}
export interface Segment {
  number: number; id: string; start_ms: number; end_ms: number; speaker: string; language: string; voice: "own" | "altered" | "dubbed"; dir: "ltr" | "rtl";
  text: string | null; translations: Translation[]; used_in: Used[]; has_code_word?: boolean; spoken_as_code?: { word: string; means: string; basis: string }; note?: string;
}
export interface WrittenWords { id: string; item: string; text: string | null; language: string; translations: Translation[]; used_in: Used[] }
export interface Consent { publish: "no" | "text" | "voice_altered" | "full"; court: "no" | "ask" | "yes"; archive: "no" | "yes"; until?: string; withdrawn?: string }
export interface Account {
  account: string; number: number; shown: boolean; quotable: Quotable; consent: Consent | null; restriction: Restriction | null; segments: Segment[]; words: WrittenWords[];
  recordings: { sha256: string; name: string }[]; used_in: Used[];
  told: { source?: string; how: string; given_at: string; languages: string[]; heard_others: string; led: string; paid: string; interviewer?: string; interpreter?: string };
}
export interface Peaks { peaks: number[]; duration_ms: number }

const flag = (shown: boolean): string => query({ shown: shown ? 1 : null });
export const accounts = {
  list: (shown: boolean, o?: Options) => get<{ accounts: AccountRow[] }>(`/api/accounts${flag(shown)}`, o),
  one: (id: string, shown: boolean, o?: Options) => get<Account>(`/api/accounts/${id}${flag(shown)}`, o),
  add: (said: Record<string, string | undefined>, o?: Options) => act<{ account: string; segments: number }>("/api/accounts/add", said, o),
  recording: (account: string, item: string) => act<object>("/api/accounts/recording", { account, item }),
  withdrawal: (account: string, at: string) => act<object>("/api/accounts/withdrawal", { account, at }),
  codeWord: (segment: string, word: string, means: string, basis: string) => act<object>("/api/accounts/code-word", { segment, word, means, basis }),
  copy: (account: string, out: string, hide: string) => act<{ output: string; places_hidden: number }>("/api/accounts/copy", { account, out, hide }),
  peaks: (sha: string, o?: Options) => get<Peaks>(`/api/items/${sha}/peaks`, o),
  sound: (sha: string, from: number, to: number): string => `/api/items/${sha}/sound${query({ from, to })}`,
};
