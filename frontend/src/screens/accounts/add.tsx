/** An account added from a transcript: under an alias, with what was agreed. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../../i18n/index.ts";
import { during, tell } from "../../store/notices.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Button, Choice, TextField } from "../../ui/parts.tsx";
import { taken } from "../documents/add.tsx";
import { draft } from "../documents/draft.ts";
import { isAlias, readAlias } from "../documents/parts.tsx";
import { accounts } from "./api.ts";
import { openAccount, reload } from "./state.ts";

const FORMS = ".srt,.vtt,.ass,.ssa,.eaf,.trs";
const EMPTY = { alias: "", language: "", how: "interview", publish: "no", restriction: "", why: "", voice: "own", heard: "unknown", into: "en", translator: "" };

export function AddAccount({ onClose }: { onClose: () => void }) {
  const kept = useRef(draft("account", EMPTY));
  const wrong = useSignal<Partial<Record<"file" | "alias" | "language" | "translator", string>>>({});
  const file = useRef<File | null>(null);
  const translation = useRef<File | null>(null);
  const translated = useSignal(false);
  const form = kept.current.value.value;
  const put = (part: Partial<typeof EMPTY>): void => {
    kept.current.put({ ...kept.current.value.peek(), ...part });
    wrong.value = {};
  };
  const add = async (): Promise<void> => {
    const said = kept.current.value.peek();
    const [alias, translator] = [readAlias(said.alias), readAlias(said.translator)];
    const found: typeof wrong.value = {};
    if (file.current === null) found.file = t("accounts.add.fileMissing");
    if (!isAlias(alias)) found.alias = t("accounts.aliasWrong");
    if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(said.language.trim())) found.language = t("accounts.add.languageWrong");
    if (translation.current !== null && !isAlias(translator)) found.translator = t("accounts.aliasWrong");
    wrong.value = found;
    if (file.current === null || Object.keys(found).length > 0) return;
    const [item] = await taken([file.current]);
    if (item === undefined) return void (wrong.value = { file: t("accounts.add.there") });
    const other = translation.current === null ? undefined : (await taken([translation.current]))[0];
    const more = other === undefined ? {} : { translation: other, translation_language: said.into.trim(), translation_by: translator };
    const restriction = said.restriction === "" ? {} : { restriction: said.restriction, ...(said.why.trim() === "" ? {} : { restriction_why: said.why.trim() }) };
    const told = await during(t("accounts.saying"), (progress) => accounts.add({ item, alias, language: said.language.trim(), how: said.how, publish: said.publish, recorded_voice: said.voice, heard_others: said.heard, ...restriction, ...more }, { progress }));
    if (told === null) return;
    kept.current.clear();
    tell("done", t("accounts.add.done", { count: told.segments }));
    onClose();
    await reload();
    openAccount(told.account);
  };
  const choice = (key: "how" | "publish" | "restriction" | "voice" | "heard", label: string, options: [string, string][]) => (
    <Choice label={label} value={form[key]} options={options.map(([value, text]) => ({ value, label: text }))} onValue={(value) => put({ [key]: value })} />
  );
  return (
    <Dialog title={t("accounts.add")} onClose={onClose}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void add(); }}>
        <FileField id="account-file" label={t("accounts.add.file")} error={wrong.value.file} onFile={(one) => { file.current = one; wrong.value = {}; }} />
        <TextField label={t("accounts.add.alias")} value={form.alias} onValue={(alias) => put({ alias })} error={wrong.value.alias} hint={t("accounts.aliasHint")} ltr />
        <TextField label={t("accounts.add.language")} value={form.language} onValue={(value) => put({ language: value })} error={wrong.value.language} placeholder="ug" ltr />
        {choice("how", t("accounts.fact.how"), ["interview", "message", "writing", "hearsay"].map((one) => [one, t(`accounts.how.${one}`)]))}
        {choice("voice", t("accounts.add.voice"), ["own", "altered", "dubbed"].map((one) => [one, t(`accounts.voice.${one}`)]))}
        {choice("heard", t("accounts.fact.heard"), ["unknown", "no", "yes"].map((one) => [one, t(`accounts.answer.${one}`)]))}
        {choice("publish", t("accounts.fact.consent"), ["no", "text", "voice_altered", "full"].map((one) => [one, t(`accounts.publish.${one}`)]))}
        {choice("restriction", t("accounts.fact.inside"), [["", t("accounts.level.open")], ["team", t("accounts.level.team")], ["sealed", t("accounts.level.sealed")]])}
        {form.restriction !== "" && <TextField label={t("accounts.add.why")} value={form.why} onValue={(why) => put({ why })} />}
        <FileField id="account-translation" label={t("accounts.add.translation")} onFile={(one) => { translation.current = one; translated.value = one !== null; }} />
        {translated.value && (
          <>
            <TextField label={t("accounts.add.into")} value={form.into} onValue={(into) => put({ into })} ltr />
            <TextField label={t("accounts.add.translator")} value={form.translator} onValue={(value) => put({ translator: value })} error={wrong.value.translator} hint={t("accounts.aliasHint")} ltr />
          </>
        )}
        <p class="buttons"><Button type="submit" kind="main">{t("accounts.add.say")}</Button></p>
      </form>
    </Dialog>
  );
}

function FileField({ id, label, error, onFile }: { id: string; label: string; error?: string | undefined; onFile: (file: File | null) => void }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} type="file" accept={FORMS} aria-invalid={error !== undefined} aria-describedby={error === undefined ? undefined : `${id}-error`} onChange={(event) => onFile(event.currentTarget.files?.[0] ?? null)} />
      {error !== undefined && <p class="field-error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}
