import { useSignal } from "@preact/signals";
import { moment, t } from "../i18n/index.ts";
import { edit } from "../store/edit.ts";
import { inquiry, record } from "../store/signals.ts";
import { Button, TextField, Said } from "../ui/parts.tsx";

export function CopyButton({ text, label }: { text: string; label: string }) {
  const done = useSignal(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      done.value = true;
      setTimeout(() => { done.value = false; }, 2000);
    } catch {
      done.value = false;
    }
  };
  return <Button icon={done.value ? "check" : "copy"} kind="quiet" bare onClick={() => void copy()}>{done.value ? t("copied") : label}</Button>;
}

/** Every act, newest first, each with the command that does the same. */
export function RecordList() {
  const notes = useSignal(inquiry.value.notes);
  return (
    <section class="record" aria-labelledby="record-title">
      <h3 id="record-title">{t("record.title")}</h3>
      <p class="hint">{t("record.what")}</p>
      <ol class="acts" reversed>
        {[...record.value].reverse().slice(0, 300).map((act) => (
          <li key={act.number}>
            <p class="act-said"><Said text={act.said} told={act.told} /> <time class="soft" dateTime={act.at}>{moment(act.at)} UTC</time></p>
            {act.command !== null && <p class="act-command"><code dir="ltr">{act.command}</code><CopyButton text={act.command} label={t("record.copy")} /></p>}
          </li>
        ))}
      </ol>
      {record.value.length === 0 && <p class="empty">{t("record.empty")}</p>}
      <TextField label={t("record.notes")} lines={4} value={notes.value} onValue={(value) => { notes.value = value; }} onDone={(value) => edit("wrote a note", (now) => (now.notes === value ? now : { ...now, notes: value }), "notes")} />
    </section>
  );
}
