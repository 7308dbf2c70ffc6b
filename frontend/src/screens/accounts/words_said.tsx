/** Two acts on a word of the chosen sentence: saying that it stands for another, and writing a copy of the account without it. */
import { signal, useSignal } from "@preact/signals";
import { t } from "../../i18n/index.ts";
import { during, tell } from "../../store/notices.ts";
import { caseState } from "../../store/signals.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Button, TextField } from "../../ui/parts.tsx";
import { accounts, type Account, type Segment } from "./api.ts";
import { reloadAccount } from "./state.ts";

/** Which of the two is open, and the words that were selected when it was. */
export const saying = signal<{ what: "code" | "hide"; words: string } | null>(null);

/** Opens one of them with what is selected inside the transcript. */
export function sayWords(what: "code" | "hide"): void {
  const now = getSelection();
  const inside = now?.anchorNode?.parentElement?.closest(".spoken") != null;
  saying.value = { what, words: inside ? (now?.toString().trim() ?? "") : "" };
}

export function WordDialogs({ told, one }: { told: Account; one: Segment | null }) {
  const now = saying.value;
  if (now === null) return null;
  const close = (): void => { saying.value = null; };
  if (now.what === "hide") return <HiddenCopy key={told.account} told={told} words={now.words} onClose={close} />;
  return one === null || one.text === null ? null : <CodeWord key={one.id} one={one} words={now.words} onClose={close} />;
}

function CodeWord({ one, words, onClose }: { one: Segment; words: string; onClose: () => void }) {
  const before = one.spoken_as_code;
  // What a code word means is kept in memory alone: a browser writes its session to the disk.
  const form = useSignal({ word: words, means: "", basis: "", ...before });
  const wrong = useSignal<Partial<Record<"word" | "means" | "basis", string>>>({});
  const put = (part: Partial<typeof form.value>): void => {
    form.value = { ...form.peek(), ...part };
    wrong.value = {};
  };
  const say = async (): Promise<void> => {
    const said = form.peek();
    const empty = (["word", "means", "basis"] as const).filter((field) => said[field].trim() === "");
    wrong.value = Object.fromEntries(empty.map((field) => [field, t("accounts.code.missing")]));
    if (empty.length > 0) return;
    if ((await during(t("accounts.saying"), () => accounts.codeWord(one.id, said.word.trim(), said.means.trim(), said.basis.trim()))) === null) return;
    tell("done", t("accounts.code.done"));
    onClose();
    await reloadAccount();
  };
  return (
    <Dialog title={t("accounts.code.title")} onClose={onClose}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void say(); }}>
        <blockquote lang={one.language} dir={one.dir} class="spoken">{one.text}</blockquote>
        <TextField label={t("accounts.code.word")} hint={t("accounts.code.wordHint")} value={form.value.word} onValue={(word) => put({ word })} error={wrong.value.word} />
        <TextField label={t("accounts.code.means")} value={form.value.means} onValue={(means) => put({ means })} error={wrong.value.means} />
        <TextField label={t("accounts.code.basis")} value={form.value.basis} onValue={(basis) => put({ basis })} error={wrong.value.basis} />
        <p class="buttons"><Button type="submit" kind="main">{t("accounts.takenBackSay")}</Button></p>
      </form>
    </Dialog>
  );
}

function HiddenCopy({ told, words, onClose }: { told: Account; words: string; onClose: () => void }) {
  const base = (caseState.value?.path ?? "").replace(/[\\/]+$/, "");
  const hide = useSignal(words);
  const out = useSignal(`${base}-account-${told.number}.vtt`);
  const write = async (): Promise<void> => {
    const reply = await during(t("accounts.copy.writing"), () => accounts.copy(told.account, out.value.trim(), hide.value));
    if (reply === null) return;
    tell("done", t("accounts.copy.done", { count: reply.places_hidden, name: reply.output }));
    onClose();
  };
  return (
    <Dialog title={t("accounts.copy.title")} onClose={onClose}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void write(); }}>
        <p class="small">{t("accounts.copy.what")}</p>
        <TextField label={t("accounts.copy.words")} hint={t("accounts.copy.wordsHint")} value={hide.value} lines={3} onValue={(text) => { hide.value = text; }} />
        <TextField label={t("accounts.copy.out")} value={out.value} onValue={(text) => { out.value = text; }} ltr required />
        <p class="buttons"><Button type="submit" kind="main" disabled={out.value.trim() === ""}>{t("accounts.copy.write")}</Button></p>
      </form>
    </Dialog>
  );
}
