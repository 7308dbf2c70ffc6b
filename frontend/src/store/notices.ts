/** What the user is told: notices, errors in plain words, and what is under way. */
import { signal } from "@preact/signals";
import { Refused } from "../api.ts";
import { faultWords, type Words } from "../i18n/faults.ts";
import { t } from "../i18n/index.ts";
import { caseElsewhere, caseState, reopenAsked, serverGone, unanswered } from "./signals.ts";

const MOST_SHOWN = 3;
const DONE_SHOWN_MS = 6000;

export interface Notice extends Words {
  id: number;
  tone: "error" | "warn" | "done";
  /** A notice with the same code takes the place of the older one. */
  code: string;
  actions: { label: string; act: () => void }[];
  /** It goes with the screen on which something could not be shown. */
  ofScreen: boolean;
}
export const notices = signal<Notice[]>([]);

/** Names of what is under way; the status line shows the last. */
export const busy = signal<{ id: number; words: string; share: number | null }[]>([]);

let nextId = 1;

export function tell(tone: Notice["tone"], text: string, more: Partial<Omit<Notice, "tone" | "text">> = {}): void {
  const notice: Notice = {
    id: nextId++,
    tone,
    text,
    hint: more.hint ?? null,
    lang: more.lang ?? null,
    code: more.code ?? text,
    actions: more.actions ?? [],
    ofScreen: more.ofScreen ?? false,
  };
  const others = notices.value.filter((old) => old.code !== notice.code);
  notices.value = [...others, notice].slice(-MOST_SHOWN);
  if (tone === "done") setTimeout(() => dismiss(notice.id), DONE_SHOWN_MS);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Another screen is looked at: what could not be shown on the one before concerns nobody now. */
export function leaveScreen(): void {
  if (notices.peek().some((notice) => notice.ofScreen)) notices.value = notices.peek().filter((notice) => !notice.ofScreen);
}

export function clearNotice(code: string): void {
  if (!notices.value.some((notice) => notice.code === code)) return;
  notices.value = notices.value.filter((notice) => notice.code !== code);
}

/** Says that the server does not answer; connection.ts then asks until it does. */
export function reportServerGone(): void {
  serverGone.value = true;
  tell("error", t("server.gone"), { code: "gone", hint: t("server.kept") });
  unanswered.value += 1;
}

/** Whether the server holds no case, another than this tab, or one whose folder is not where it was. */
export const isElsewhere = (error: unknown): error is Refused => error instanceof Refused && ["no-case-open", "other-case-open", "case-away"].includes(error.code);

/** Says that another tab closed this case, or opened another, or that its folder is away; connection.ts opens it here again when asked. */
export function reportElsewhere(code = ""): void {
  if (caseElsewhere.value) return;
  caseElsewhere.value = true;
  const again = { label: t("case.reopen"), act: () => { reopenAsked.value += 1; } };
  tell("warn", t(code === "case-away" ? "fault.case-away" : "case.elsewhere"), { code: "elsewhere", hint: t("server.kept"), actions: [again] });
}

/** Shows an error once, in its own words. A call that was stopped is no error. */
export function fail(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (!(error instanceof Refused)) {
    // A browser's own words are English, whatever the page speaks: they stand behind ours.
    tell("error", t("error.unknown"), { code: "page", hint: error instanceof Error ? error.message : String(error) });
    return;
  }
  if (error.code === "gone") return reportServerGone();
  if (isElsewhere(error) && caseState.peek() !== null) return reportElsewhere(error.code);
  const { text, hint, lang } = faultWords(error);
  tell("error", text, { code: error.code, hint, lang, ofScreen: error.looked });
}

/** Told while slow work runs: the share done, 0 to 1, and what is being done ("": as before). */
export type Progress = (share: number, words: string) => void;

/** By the work that failed: the code of its notice, which goes once the same work succeeds. */
const failed = new Map<string, string>();

function recordFailure(words: string, error: unknown): void {
  if (error instanceof Refused && error.code !== "gone") failed.set(words, error.code);
  fail(error);
}

/** Runs slow work with a line in the status bar. An error is shown, and null returned; it goes when the same work succeeds. */
export async function during<T>(words: string, work: (progress: Progress) => Promise<T>): Promise<T | null> {
  const id = nextId++;
  busy.value = [...busy.value, { id, words, share: null }];
  const progress: Progress = (share, told) => {
    const now = { id, words: told === "" ? words : told, share };
    busy.value = busy.value.map((entry) => (entry.id === id ? now : entry));
  };
  try {
    const done = await work(progress);
    const stale = failed.get(words);
    if (stale !== undefined) clearNotice(stale);
    failed.delete(words);
    return done;
  } catch (error) {
    recordFailure(words, error);
    return null;
  } finally {
    busy.value = busy.value.filter((entry) => entry.id !== id);
  }
}
