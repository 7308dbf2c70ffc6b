import { useSignal } from "@preact/signals";
import { dir, moment, plain, t } from "../i18n/index.ts";
import { saidWords } from "../i18n/said.ts";
import { edit } from "../store/edit.ts";
import { inquiry, items, record } from "../store/signals.ts";
import type { Act, Item } from "../types.ts";
import { Button, TextField } from "../ui/parts.tsx";

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

/** Items by the beginning of their digest, as the record writes it. A value of the module would keep their names when the case is closed. */
const byStart = (): ReadonlyMap<string, Item> => new Map(items.value.map((item) => [item.sha256.slice(0, 12), item]));
const DIGEST = /\b([0-9a-f]{12})\b/;

/** What was done, its items by their names; whole digests on demand. */
function ActSaid({ act, known }: { act: Act; known: ReadonlyMap<string, Item> }) {
  const words = saidWords(act.told);
  const pieces = (words ?? act.said).split(DIGEST).map((piece) => ({ piece, item: known.get(piece) }));
  const named = [...new Set(pieces.flatMap(({ item }) => item ?? []))];
  const text = pieces.map(({ piece, item }) => (item === undefined ? piece : <bdi key={piece} title={item.sha256}>{plain(item.name)}</bdi>));
  return (
    <>
      <p class="act-said">{words === null ? <bdi lang="en" dir="ltr">{text}</bdi> : <bdi dir={dir.value} title={act.said}>{text}</bdi>} <time class="soft" dateTime={act.at}>{moment(act.at)} UTC</time></p>
      {named.length > 0 && <Digests named={named} />}
    </>
  );
}

const Digests = ({ named }: { named: readonly Item[] }) => (
  <details class="act-digests">
    <summary class="small soft">{t("record.digests")}</summary>
    <ul class="small">{named.map((item) => <li key={item.sha256}><bdi>{plain(item.name)}</bdi> <code dir="ltr">{item.sha256}</code></li>)}</ul>
  </details>
);

/** Every act, newest first, each with the command that does the same. */
export function RecordList() {
  const notes = useSignal(inquiry.value.notes);
  const known = byStart();
  return (
    <section class="record" aria-labelledby="record-title">
      <h3 id="record-title">{t("record.title")}</h3>
      <p class="hint">{t("record.what")}</p>
      <ol class="acts" reversed>
        {[...record.value].reverse().slice(0, 300).map((act) => (
          <li key={act.number}>
            <ActSaid act={act} known={known} />
            {act.command !== null && <p class="act-command"><code dir="ltr">{act.command}</code><CopyButton text={act.command} label={t("record.copy")} /></p>}
          </li>
        ))}
      </ol>
      {record.value.length === 0 && <p class="empty">{t("record.empty")}</p>}
      <TextField label={t("record.notes")} lines={4} value={notes.value} onValue={(value) => { notes.value = value; }} onDone={(value) => edit("wrote a note", (now) => (now.notes === value ? now : { ...now, notes: value }), "notes")} />
    </section>
  );
}
