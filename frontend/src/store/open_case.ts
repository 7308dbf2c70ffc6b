/** Opening and closing a case: what the tab takes over from the server, and what it drops. */
import { batch } from "@preact/signals";
import { api, dropCalls, setCase, whileLeaving } from "../api.ts";
import { leaveAddress } from "../shell/address.ts";
import { t } from "../i18n/index.ts";
import type { CaseState } from "../types.ts";
import { agreeOn, dropUnsaved, flush, isNewer, takeNewer, takeUp, unsaved } from "./autosave.ts";
import { clearHistory } from "./history.ts";
import { clearNotice, fail, notices, tell } from "./notices.ts";
import {
  caseElsewhere, caseState, clearAnswer, draft, emptyInquiry, emptySelection, forgotten, frameReplies, inquiry, leftOut, preview, record, saving, selection,
  trialSun,
} from "./signals.ts";

export function takeCase(state: CaseState): void {
  setCase(state.path);
  agreeOn(state);
  batch(() => {
    clearHistory();
    caseState.value = state;
    record.value = state.record;
    inquiry.value = state.inquiry;
    saving.value = state.read_only ? "read-only" : "saved";
    const marked = Object.values(state.inquiry.frames)[0];
    const shown = state.items.find((item) => item.kind !== "other");
    selection.value = { ...emptySelection, item: marked?.item ?? shown?.sha256 ?? null, frame: marked?.number ?? 0 };
  });
  if (state.read_only) {
    const again = { label: t("save.again"), act: tryWriting };
    tell("warn", t("case.readOnly"), { code: "read-only", hint: state.read_only_why ?? null, actions: [again] });
  }
  takeUp(state);
  requestAnimationFrame(() => setTimeout(() => performance.mark("noonmark-case")));
}

/** Takes the case that the server has open, unless this tab has opened one while it was asked. */
export async function takeOpened(): Promise<void> {
  const { state } = await api.state();
  if (caseState.peek() === null) takeCase(state);
}

/** What could not be written at first is tried again: the disk may have been freed meanwhile. */
function tryWriting(): void {
  if (caseState.value === null) return;
  caseState.value = { ...caseState.value, read_only: false, read_only_why: null };
  clearNotice("read-only");
  saving.value = unsaved() ? "unsaved" : "saved";
  void flush();
}

/** Takes over what the server gained meanwhile: items, acts, and what another tab saved. */
export async function refresh(): Promise<void> {
  const { state } = await api.state();
  batch(() => {
    caseState.value = state;
    record.value = state.record;
  });
  if (isNewer(state)) takeNewer(state);
}

/** Closes the case. What is not saved is dropped only when the user says so (`anyway`). */
export async function closeCase(anyway = false): Promise<void> {
  await flush();
  if (unsaved() && !anyway) {
    const drop = { label: t("close.anyway"), act: () => void closeCase(true) };
    tell("warn", t("close.unsaved"), { code: "close", actions: [drop] });
    return;
  }
  try {
    await whileLeaving(api.closeCase);
  } catch (error) {
    fail(error);
  }
  leaveCase(anyway);
  leaveAddress(); // the next case begins at its own first screen
}

/** Forgets the case. What was said while it was being left stays in this browser for its next opening, unless it is `unwanted`. */
export function leaveCase(unwanted = false): void {
  const kept = unsaved() && !unwanted;
  if (!kept) dropUnsaved();
  forget();
  if (kept) tell("warn", t("close.kept"), { code: "close" });
}

/** Forgets everything that the tab holds of the case. */
function forget(): void {
  dropCalls();
  setCase(null);
  agreeOn({ revision: 0, inquiry: emptyInquiry });
  batch(() => {
    caseState.value = null;
    caseElsewhere.value = false;
    record.value = [];
    inquiry.value = emptyInquiry;
    selection.value = emptySelection;
    clearAnswer();
    frameReplies.value = {};
    leftOut.value = {};
    draft.value = null;
    trialSun.value = null;
    preview.value = null;
    clearHistory();
    notices.value = [];
    forgotten.value += 1;
  });
}
