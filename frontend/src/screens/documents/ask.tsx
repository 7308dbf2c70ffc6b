/** Putting on record that an organisation was asked about claims: whom, when, how, what, and until when. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../../i18n/index.ts";
import { during, tell } from "../../store/notices.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { EntryText } from "../../ui/entry.tsx";
import { time } from "../../ui/entry_formats.ts";
import { Button, Choice, TextField } from "../../ui/parts.tsx";
import { documents, organisations } from "./api.ts";
import { draft } from "./draft.ts";
import { emptyLetter, readLetter, type LetterFaults, type TypedLetter } from "./letter.ts";
import { claims } from "./state.ts";

export function LetterDialog({ onClose, onSaid }: { onClose: () => void; onSaid: (id: string) => Promise<void> }) {
  const kept = useRef(draft("letter", emptyLetter));
  const wrong = useSignal<LetterFaults>({});
  const working = useSignal(false);
  const form = kept.current.value.value;
  const put = (part: Partial<TypedLetter>): void => {
    kept.current.put({ ...kept.current.value.peek(), ...part });
    const named = Object.keys(part);
    wrong.value = Object.fromEntries(Object.entries(wrong.value).filter(([field]) => !named.includes(field)));
  };
  const send = async (): Promise<void> => {
    const read = readLetter(kept.current.value.peek(), claims.value.map((one) => one.id));
    const { letter } = read;
    wrong.value = read.wrong;
    if (letter === null || working.value) return;
    working.value = true;
    const told = await during(t("documents.saying"), () => documents.reply(letter));
    working.value = false;
    if (told === null) return;
    kept.current.clear();
    tell("done", t("documents.letter.done"));
    onClose();
    await onSaid(told.said[0]?.id ?? "");
  };
  if (claims.value.length === 0) return <Dialog title={t("documents.letter.new")} onClose={onClose}><p>{t("documents.letter.noClaims")}</p></Dialog>;
  const error = wrong.value;
  return (
    <Dialog title={t("documents.letter.new")} onClose={onClose} wide>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <TextField label={t("documents.letter.to")} hint={t("documents.letter.toHint")} value={form.name} onValue={(name) => put({ name })} error={error.name} />
        <Choice label={t("documents.letter.kind")} value={form.kind} options={organisations.map((one) => ({ value: one, label: t(`documents.organisation.${one}`) }))} onValue={(kind) => put({ kind })} />
        <fieldset class="letter-claims">
          <legend>{t("documents.letter.about")}</legend>
          <div class="scroll" tabIndex={0} role="group" aria-label={t("documents.letter.about")}>
            {claims.value.map((one) => (
              <label key={one.id} class="check">
                <input type="checkbox" checked={form.about.includes(one.id)} onChange={(event) => put({ about: event.currentTarget.checked ? [...form.about, one.id] : form.about.filter((id) => id !== one.id) })} />
                <bdi>{one.text}</bdi>
              </label>
            ))}
          </div>
          {error.about !== undefined && <p class="field-error">{error.about}</p>}
        </fieldset>
        <TextField label={t("documents.letter.questions")} hint={t("documents.letter.questionsHint")} value={form.questions} lines={5} onValue={(questions) => put({ questions })} error={error.questions} />
        <EntryText of={time} label={t("documents.letter.asked")} text={form.asked} onText={(asked) => put({ asked })} error={error.asked} />
        <TextField label={t("documents.letter.how")} placeholder={t("documents.letter.howHint")} value={form.how} onValue={(how) => put({ how })} error={error.how} />
        <EntryText of={time} label={t("documents.letter.until")} hint={t("documents.letter.untilHint")} text={form.until} onText={(until) => put({ until })} error={error.until} />
        <p class="buttons"><Button type="submit" kind="main" disabled={working.value}>{t("documents.replies.say")}</Button></p>
      </form>
    </Dialog>
  );
}
