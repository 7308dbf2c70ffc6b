/** Writes the report and its signed bundle where the user says. */
import { useSignal } from "@preact/signals";
import { t } from "../../i18n/index.ts";
import { CopyButton } from "../../panel/record.tsx";
import { flush } from "../../store/autosave.ts";
import { during } from "../../store/notices.ts";
import { addAct, answerTrouble, caseState, document_ } from "../../store/signals.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Button, Check, TextField } from "../../ui/parts.tsx";
import { writeRelease, type Written } from "./api.ts";
import { ask, chosen } from "./store.ts";

export function WriteDialog({ onClose }: { onClose: () => void }) {
  const base = (caseState.value?.path ?? "").replace(/[\\/]+$/, "");
  const out = useSignal(`${base}-report`);
  // Clues that have no answer yet are no reason to hold the report back.
  const answered = document_.value.clue.length > 0 && answerTrouble.value === null;
  const answer = useSignal(answered);
  const working = useSignal(false);
  const done = useSignal<Written | null>(null);
  const write = async (): Promise<void> => {
    working.value = true;
    done.value = null;
    await flush();
    const document = answer.value && answered ? document_.value : undefined;
    const reply = await during(t("report.writing"), (progress) => writeRelease(chosen.value, out.value.trim(), document, { progress }));
    working.value = false;
    if (reply === null) return;
    addAct(reply.act);
    done.value = reply;
    void ask();
  };
  return (
    <Dialog title={t("report.write")} onClose={onClose} wide>
      <form class="report-form" onSubmit={(event) => { event.preventDefault(); if (!working.value) void write(); }}>
        <p class="small soft">{t("report.writeWhat")}</p>
        <TextField label={t("report.out")} hint={t("report.outHint")} value={out.value} onValue={(value) => { out.value = value; }} ltr required />
        {answered && <Check label={t("report.withAnswer")} on={answer.value} onTurn={(on) => { answer.value = on; }} />}
        <div class="form-acts"><Button type="submit" kind="main" disabled={working.value || out.value.trim() === ""}>{working.value ? t("report.writing") : t("report.go")}</Button></div>
      </form>
      {done.value !== null && (
        <section class="written" role="status">
          <h3>{t("report.written")}</h3>
          <ul>{done.value.written.map((path) => <li key={path}><code dir="ltr">{path}</code></li>)}</ul>
          <p>{t("report.verify")}</p>
          <p class="act-command"><code dir="ltr" id="verify-command">{done.value.verify}</code><CopyButton text={done.value.verify} label={t("report.copy")} /></p>
        </section>
      )}
    </Dialog>
  );
}
