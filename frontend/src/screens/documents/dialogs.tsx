/** What is said about a quotation: that a claim rests on it, or what it means in another language. Each is one signed act. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../../i18n/index.ts";
import { during, tell } from "../../store/notices.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Button, Choice, TextField } from "../../ui/parts.tsx";
import { documents, type Stance } from "./api.ts";
import { draft } from "./draft.ts";
import { isAlias, readAlias } from "./parts.tsx";
import { claims, reload, reloadPassages } from "./state.ts";

const STANCES: Stance[] = ["contradicts", "strains", "supports", "consistent", "cannot_be_tested", "does_not_bear"];
const GRADES = ["1", "2", "3", "4", "5", "6"];

export function CiteDialog({ on, words, onClose, onDone }: { on: { passage: string } | { segment: string }; words: string; onClose: () => void; onDone?: () => void }) {
  const kept = useRef(draft(`cite ${JSON.stringify(on)}`, { claim: claims.value[0]?.id ?? "", stance: "supports", grade: "3", why: "" }));
  const wrong = useSignal<string | null>(null);
  const form = kept.current.value.value;
  const put = (part: Partial<typeof form>): void => kept.current.put({ ...kept.current.value.peek(), ...part });
  const send = async (): Promise<void> => {
    const { claim, stance, grade, why } = kept.current.value.peek();
    if (why.trim() === "") return void (wrong.value = t("documents.cite.whyMissing"));
    const told = await during(t("documents.saying"), () => documents.cite({ claim, on, stance: stance as Stance, credibility: Number(grade), why: why.trim() }));
    if (told === null) return;
    kept.current.clear();
    tell("done", t("documents.cite.done"));
    onClose();
    await reloadPassages();
    onDone?.();
  };
  if (claims.value.length === 0) return <Dialog title={t("documents.cite")} onClose={onClose}><p>{t("documents.cite.noClaims")}</p></Dialog>;
  return (
    <Dialog title={t("documents.cite")} onClose={onClose}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <blockquote dir="auto">{words}</blockquote>
        <Choice label={t("documents.cite.claim")} value={form.claim} options={claims.value.map((one) => ({ value: one.id, label: one.text }))} onValue={(claim) => put({ claim })} />
        <Choice label={t("documents.cite.stance")} value={form.stance} options={STANCES.map((one) => ({ value: one, label: t(`documents.stance.${one}`) }))} onValue={(stance) => put({ stance })} />
        <Choice label={t("documents.cite.grade")} value={form.grade} options={GRADES.map((one) => ({ value: one, label: t(`documents.grade.${one}`) }))} onValue={(grade) => put({ grade })} />
        <TextField label={t("documents.cite.why")} value={form.why} lines={3} onValue={(why) => { put({ why }); wrong.value = null; }} error={wrong.value ?? undefined} />
        <p class="buttons"><Button type="submit" kind="main">{t("documents.cite.say")}</Button></p>
      </form>
    </Dialog>
  );
}

const KINDS = ["human", "machine", "machine-checked"] as const;
export function TranslateDialog({ of, words, lang, onClose }: { of: string; words: string; lang: string; onClose: () => void }) {
  const kept = useRef(draft(`translation ${of}`, { language: "en", text: "", by: "", kind: "human", tool: "", checked: "" }));
  const wrong = useSignal<{ text?: string; by?: string; checked?: string; language?: string; tool?: string }>({});
  const form = kept.current.value.value;
  const put = (part: Partial<typeof form>): void => {
    kept.current.put({ ...kept.current.value.peek(), ...part });
    wrong.value = {};
  };
  const send = async (): Promise<void> => {
    const said = kept.current.value.peek();
    const [by, checked] = [readAlias(said.by), readAlias(said.checked)];
    const found: typeof wrong.value = {};
    if (said.text.trim() === "") found.text = t("documents.translate.textMissing");
    if (!isAlias(by)) found.by = t("documents.aliasWrong");
    if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(said.language.trim())) found.language = t("documents.translate.languageWrong");
    if (said.kind === "machine-checked" && !isAlias(checked)) found.checked = t("documents.aliasWrong");
    if (said.kind !== "human" && said.tool.trim() === "") found.tool = t("documents.translate.toolMissing");
    wrong.value = found;
    if (Object.keys(found).length > 0) return;
    const machine = said.kind === "human" ? {} : { tool: said.tool.trim() };
    const person = said.kind === "machine-checked" ? { checked_by: checked } : {};
    const told = await during(t("documents.saying"), () => documents.translate({ of, language: said.language.trim(), text: said.text.trim(), by, kind: said.kind, ...machine, ...person }));
    if (told === null) return;
    kept.current.clear();
    tell("done", t("documents.translate.done"));
    onClose();
    await reloadPassages();
    void reload();
  };
  const error = wrong.value;
  return (
    <Dialog title={t("documents.translate")} onClose={onClose}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <blockquote dir="auto" lang={lang === "und" ? undefined : lang}>{words}</blockquote>
        <TextField label={t("documents.translate.text")} value={form.text} lines={4} onValue={(text) => put({ text })} error={error.text} />
        <TextField label={t("documents.translate.language")} value={form.language} onValue={(value) => put({ language: value })} error={error.language} ltr />
        <Choice label={t("documents.translate.kind")} value={form.kind} options={KINDS.map((one) => ({ value: one, label: t(`documents.kind.${one}`) }))} onValue={(kind) => put({ kind })} />
        {form.kind !== "human" && <TextField label={t("documents.translate.tool")} value={form.tool} onValue={(tool) => put({ tool })} error={error.tool} />}
        <TextField label={t("documents.translate.by")} value={form.by} onValue={(by) => put({ by })} error={error.by} hint={t("documents.aliasHint")} ltr />
        {form.kind === "machine-checked" && <TextField label={t("documents.translate.checked")} value={form.checked} onValue={(checked) => put({ checked })} error={error.checked} ltr />}
        <p class="buttons"><Button type="submit" kind="main">{t("documents.translate.say")}</Button></p>
      </form>
    </Dialog>
  );
}
