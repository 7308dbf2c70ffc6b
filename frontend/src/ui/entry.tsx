/** The one field for dates, times, coordinates and numbers: what is typed is read as `of` says. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { TextField } from "./parts.tsx";
import { readOptional, type EntryFormat } from "./entry_formats.ts";

interface TextProps<V> {
  of: EntryFormat<V>;
  label: string;
  text: string;
  onText: (text: string) => void;
  /** Called when the typing is done: Enter, or the field is left. */
  onDone?: ((text: string) => void) | undefined;
  /** Why the text is refused; without it nothing is said. */
  error?: string | undefined;
  /** In place of the hint that belongs to the format; "": none. */
  hint?: string | undefined;
  placeholder?: string | undefined;
  unit?: string | undefined;
  required?: boolean;
}

/** A field whose text the form holds, which reads it when it is sent. */
export function EntryText<V>({ of, label, text, onText, onDone, error, hint, placeholder, unit, required }: TextProps<V>) {
  const said = hint ?? (of.hint === undefined ? "" : t(of.hint));
  return (
    <TextField
      label={label} value={text} onValue={onText} {...(onDone === undefined ? {} : { onDone })} error={error}
      hint={said === "" ? undefined : said} placeholder={placeholder ?? of.placeholder} unit={unit}
      numeric={of.numeric} ltr required={required === true}
    />
  );
}

interface Props<V> {
  of: EntryFormat<V>;
  label: string;
  value: V | null | undefined;
  /** Told when the typing is done, if the value is another; null: the field was emptied. */
  onValue: (value: V | null) => void;
  /** An empty field means "not said"; else it is wrong. */
  optional?: boolean;
  /** With its label above and what is wrong below, in a row beside its label, or alone in a cell of a table. */
  look?: "field" | "row" | "bare";
  name?: string;
  hint?: string | undefined;
  placeholder?: string | undefined;
}

/** A field that holds a value: kept when the typing is done, refused when it makes no sense. */
export function Entry<V>({ of, label, value, onValue, optional = false, look = "row", name, hint, placeholder }: Props<V>) {
  const { text, wrong, type, done, putBack } = useEntry(of, value, onValue, optional);
  if (look === "field") {
    const error = wrong ? of.wrong(text) : undefined;
    return <EntryText of={of} label={label} text={text} onText={type} onDone={done} error={error} hint={hint} placeholder={placeholder} />;
  }
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "Enter") done((event.currentTarget as HTMLInputElement).value);
    else if (event.key === "Escape") putBack();
  };
  const field = (
    <input
      type="text" inputMode={of.numeric ? "decimal" : "text"} dir="ltr" autocomplete="off" spellcheck={false} class="entry"
      data-name={name} value={text} aria-label={look === "bare" ? label : undefined} aria-invalid={wrong}
      onInput={(event) => type(event.currentTarget.value)} onChange={(event) => done(event.currentTarget.value)} onKeyDown={keys}
    />
  );
  return look === "bare" ? field : <label class="entry-row"><span>{label}</span>{field}</label>;
}

function useEntry<V>(of: EntryFormat<V>, value: V | null | undefined, onValue: (value: V | null) => void, optional: boolean) {
  const shown = value === null || value === undefined ? "" : of.show(value);
  const [text, setText] = useState(shown);
  const [wrong, setWrong] = useState(false);
  const putBack = (): void => {
    setText(shown);
    setWrong(false);
  };
  useEffect(putBack, [value]);
  const type = (typed: string): void => {
    setText(typed);
    setWrong(false);
  };
  const done = (typed: string): void => {
    if (typed === shown) return putBack(); // what is shown may be rounded: it is no new value
    const found = readOptional(of, typed);
    const bad = found.wrong || (found.value === null && !optional);
    setWrong(bad);
    if (!bad && found.value !== (value ?? null)) onValue(found.value);
  };
  return { text, wrong, type, done, putBack };
}
