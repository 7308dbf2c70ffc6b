/** Saves the inquiry soon after each change, and puts it together with what another tab saved first (merge.ts). */
import { batch } from "@preact/signals";
import { api, Refused } from "../api.ts";
import { faultWords } from "../i18n/faults.ts";
import { t } from "../i18n/index.ts";
import { Delay } from "../newest.ts";
import { stable } from "../stable.ts";
import type { CaseState, Inquiry } from "../types.ts";
import { dropDraft, keepDraft, takeDrafts } from "./drafts.ts";
import { rebase, takeStep } from "./history.ts";
import { merge } from "./merge.ts";
import { clearNotice, isElsewhere, reportElsewhere, reportServerGone, tell } from "./notices.ts";
import { addAct, caseElsewhere, caseState, emptyInquiry, inquiry, record, saving } from "./signals.ts";

/** How long nothing must change before it is saved. */
export const QUIET_MS = 400;
const AFTER_MERGE_MS = 50;

interface Agreed {
  revision: number;
  inquiry: Inquiry;
}
/** What this tab and the server last agreed on: the base of a merge. */
let agreed: Agreed = { revision: 0, inquiry: emptyInquiry };
/** The record's lines of what is not saved yet. */
let lines: string[] = [];
const soon = new Delay(QUIET_MS);
let sending: Promise<boolean> | null = null;
/** Two tabs changed one thing: nothing is saved until the user has chosen a version, or has gone on. */
let clashed = false;

/** Begins anew with what the server holds; what was not saved is dropped. */
export function agreeOn({ revision, inquiry: kept }: Agreed): void {
  agreed = { revision, inquiry: kept };
  lines = [];
  clashed = false;
  soon.stop();
}

/** Whether the server holds another revision than the one this tab knows. */
export const isNewer = (state: CaseState): boolean => state.revision !== agreed.revision;

/** Whether something that was said is not in the case yet. */
export const unsaved = (): boolean => caseState.peek() !== null && lines.length > 0;

/** Saves soon; lines said meanwhile go together. */
export function saveInquiry(said: string): void {
  if (caseState.value === null) return;
  clashed = false;
  if (lines.at(-1) !== said) lines.push(said);
  keepUnsaved();
  if (caseState.value.read_only) {
    saving.value = "read-only";
    return;
  }
  saving.value = "unsaved";
  soon.start(() => void flush());
}

function keepUnsaved(): void {
  const path = caseState.peek()?.path;
  if (path === undefined) return;
  if (lines.length > 0) keepDraft(path, { agreed, inquiry: inquiry.peek(), lines });
  else dropDraft(path);
}

/** Goes on with what was typed in this case before and could not be saved then. */
export function takeUp(state: CaseState): void {
  for (const draft of takeDrafts(state.path)) {
    if (stable(draft.inquiry) === stable(draft.agreed.inquiry)) continue;
    agreed = draft.agreed;
    lines = [...lines, ...draft.lines];
    inquiry.value = draft.inquiry;
    saving.value = "unsaved";
    takeNewer(state);
    keepUnsaved();
    tell("done", t("save.takenUp"), { code: "taken-up" });
  }
}

/** What was not saved is no longer wanted. */
export function dropUnsaved(): void {
  const path = caseState.peek()?.path;
  if (path !== undefined) dropDraft(path);
}

/** Saves now; resolves when the server has it, or can't be reached. */
export async function flush(): Promise<void> {
  soon.stop();
  if (sending !== null) await sending;
  if (!unsaved() || caseState.value?.read_only === true || caseElsewhere.value) return;
  sending = push().finally(() => {
    sending = null;
  });
  const changedMeanwhile = (await sending) && saving.value === "unsaved" && !soon.pending;
  if (changedMeanwhile && !clashed) await flush();
}

/** Sends what was said. Whether the server took it; else what follows is under way (`recover`). */
async function push(): Promise<boolean> {
  const sentLines = lines;
  const sent = inquiry.value;
  lines = [];
  saving.value = "saving";
  try {
    const reply = await api.saveInquiry(agreed.revision, sent, sentLines.join("; "));
    agreed = { revision: reply.revision, inquiry: sent };
    addAct(reply.act);
    // By content: a merge with what the server holds may have put an equal inquiry in its place.
    saving.value = stable(inquiry.value) === stable(sent) ? "saved" : "unsaved";
    keepUnsaved();
    clearNotice("save");
    return true;
  } catch (error) {
    lines = [...sentLines, ...lines];
    saving.value = "unsaved";
    await recover(error);
    return false;
  }
}

/** What follows when a save failed; its lines wait for the next one. */
async function recover(error: unknown): Promise<void> {
  if (error instanceof DOMException && error.name === "AbortError") return; // the case is being left
  if (isElsewhere(error)) return reportElsewhere(error.code);
  if (error instanceof Refused && error.code === "newer-revision") {
    return takeNewer(error.state ?? (await api.state()).state);
  }
  if (error instanceof Refused && error.code === "gone") return reportServerGone();
  saving.value = "read-only";
  const why = error instanceof Refused ? faultWords(error).text : String(error);
  tell("error", t("save.failed", { why }), {
    code: "save",
    hint: t("save.kept"),
    actions: [{ label: t("save.again"), act: () => void flush() }],
  });
}

/** Another tab saved first: both are put together; where both changed one thing, the user is asked. */
export function takeNewer(state: CaseState): void {
  const mine = inquiry.value;
  const base = agreed.inquiry;
  const merged = merge(base, mine, state.inquiry);
  agreed = { revision: state.revision, inquiry: state.inquiry };
  batch(() => {
    caseState.value = state;
    record.value = state.record;
    inquiry.value = merged.inquiry;
    rebase((was) => merge(base, was, state.inquiry).inquiry);
  });
  if (merged.clashes > 0) return askWhichTab(state.inquiry);
  if (lines.length > 0) {
    if (!soon.pending) soon.start(() => void flush(), AFTER_MERGE_MS);
  } else if (sending === null && stable(merged.inquiry) === stable(state.inquiry)) saving.value = "saved";
  if (stable(merged.inquiry) !== stable(mine)) tell("done", t("tabs.merged"), { code: "tabs" });
}

function askWhichTab(theirs: Inquiry): void {
  clashed = true;
  const keepMine = (): void => {
    clearNotice("tabs");
    saveInquiry("kept this tab's version");
  };
  const takeTheirs = (): void => {
    clearNotice("tabs");
    const said = "took the other tab's version";
    if (takeStep(said, () => theirs, null)) saveInquiry(said);
  };
  tell("warn", t("tabs.clash"), {
    code: "tabs",
    actions: [{ label: t("tabs.mine"), act: keepMine }, { label: t("tabs.theirs"), act: takeTheirs }],
  });
}
