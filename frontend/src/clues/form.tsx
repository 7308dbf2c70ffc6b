/** A form for any kind of clue, made from the schema that Python publishes. While a number changes, the preview follows. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { AreaField } from "../panel/area.tsx";
import { t, type Key } from "../i18n/index.ts";
import { document_, draft } from "../store/signals.ts";
import type { Area, Clue, Json } from "../types.ts";
import { EntryText } from "../ui/entry.tsx";
import { Button, Choice, TextField } from "../ui/parts.tsx";
import { begin, nameKey, whatKey } from "./kinds.ts";
import { CluePicture } from "./pictures.tsx";
import { clueSchema, fieldsOf, needSchema, read, formats, show, unitOf, withField, type FieldSpec } from "./schema.ts";

interface Props {
  kind: string;
  clue?: Clue | undefined;
  fill?: Partial<Clue> | undefined;
  onDone: (clue: Clue) => void;
  onCancel: () => void;
}

export function ClueForm({ kind, clue, fill, onDone, onCancel }: Props) {
  needSchema();
  const fields = fieldsOf(kind, clueSchema.value);
  const origin: Clue = clue ?? ({ kind, ...begin[kind], ...fill } as Clue);
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const textOf = (field: FieldSpec, now = texts): string => now[field.name] ?? show(field, origin[field.name]);
  useEffect(() => () => { draft.value = null; }, []);
  const form = useRef<HTMLFormElement>(null);
  // The fields come with the schema, which is fetched once.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) form.current?.querySelector<HTMLElement>(":is(input, select, textarea)")?.focus();
  }, [fields.length]);

  const build = (now: Record<string, string>): { clue: Clue; wrong: Record<string, string> } => {
    let built = origin;
    const wrong: Record<string, string> = {};
    for (const field of fields) {
      const found = read(field, textOf(field, now));
      if ("wrong" in found) wrong[field.name] = t(`wrong.${found.wrong}`, { limit: found.limit ?? 0 });
      else built = withField(built, field.name, found.value);
    }
    return { clue: built, wrong };
  };
  const change = (field: FieldSpec) => (text: string): void => {
    const next = { ...texts, [field.name]: text };
    setTexts(next);
    const now = build(next);
    if (Object.keys(now.wrong).length > 0) {
      draft.value = null; // no preview of what stood there before
      return;
    }
    const others = document_.peek().clue.filter((other) => other !== clue);
    draft.value = { clues: [...others, now.clue], held: "clue" };
  };
  const { wrong, clue: built } = build(texts);
  const submit = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length > 0) {
      const name = fields.find((field) => wrong[field.name] !== undefined)?.name;
      (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-field="${name}"] :is(input, select, textarea)`)?.focus();
      return;
    }
    draft.value = null;
    onDone(built);
  };
  const row = (field: FieldSpec) => (
    <div key={field.name} data-field={field.name} class={`form-field form-${field.kind}`}>
      <FormField field={field} text={textOf(field)} value={origin[field.name]} error={(tried || texts[field.name] !== undefined) && (tried || textOf(field).trim() !== "") ? wrong[field.name] : undefined} onText={change(field)} />
    </div>
  );
  const others = fields.filter((field) => !field.shown);
  return (
    <form ref={form} class="clue-form" onSubmit={submit} noValidate>
      <div class="clue-form-head">
        <CluePicture kind={kind} />
        <div>
          <h3>{t(nameKey(kind))}</h3>
          <p class="hint">{t(whatKey(kind))}</p>
        </div>
      </div>
      <div class="form-grid">{fields.filter((field) => field.shown).map(row)}</div>
      {others.length > 0 && (
        <details class="more">
          <summary>{t("clue.more")}</summary>
          <div class="form-grid">{others.map(row)}</div>
        </details>
      )}
      <div class="form-acts">
        <Button type="submit" kind="main" disabled={fields.length === 0}>{clue === undefined ? t("clue.add") : t("save")}</Button>
        <Button kind="quiet" onClick={onCancel}>{t("cancel")}</Button>
      </div>
    </form>
  );
}

const label = (name: string): string => t(`field.${name}` as Key);

function FormField({ field, text, value, error, onText }: { field: FieldSpec; text: string; value: Json | undefined; error: string | undefined; onText: (text: string) => void }) {
  if (field.kind === "area") return <AreaField value={value as Area | undefined} noWorld error={error} onArea={(area) => onText(area === null ? "" : typeof area === "string" ? area : JSON.stringify(area))} />;
  if (field.kind === "flag") {
    const blank = field.needed ? [] : [{ value: "", label: t("choice.unsaid") }];
    return <Choice label={label(field.name)} value={text} options={[...blank, { value: "true", label: t("yes") }, { value: "false", label: t("no") }]} onValue={onText} />;
  }
  if (field.kind === "choice") {
    const blank = field.needed ? [] : [{ value: "", label: t("choice.unsaid") }];
    return <Choice label={label(field.name)} value={text} options={[...blank, ...field.options.map((option) => ({ value: option, label: t(`option.${option}` as Key) }))]} onValue={onText} />;
  }
  if (field.kind === "time" || field.kind === "end" || field.kind === "date" || field.kind === "clock" || field.kind === "zone") {
    return <EntryText of={formats[field.kind]} label={label(field.name)} text={text} onText={onText} error={error} required={field.needed} unit={unitOf(field.name)} />;
  }
  const hints: Partial<Record<FieldSpec["kind"], Key>> = { numbers: "hint.numbers", places: "hint.places" };
  const hint = hints[field.kind];
  return (
    <TextField
      label={label(field.name)} value={text} onValue={onText} error={error} unit={unitOf(field.name)} required={field.needed}
      numeric={field.kind === "number" || field.kind === "numbers"} ltr={field.kind !== "text"} hint={hint === undefined ? undefined : t(hint)}
      {...(field.kind === "places" ? { lines: 4 } : field.kind === "numbers" || field.kind === "json" ? { lines: 2 } : {})}
    />
  );
}
