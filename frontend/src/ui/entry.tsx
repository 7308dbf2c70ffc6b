/** The one field for dates, times, coordinates and numbers: what is typed is read as `of` says. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { clearNotice, tell } from "../store/notices.ts";
import type { Unfinished } from "../store/unfinished.ts";
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
      numeric={of.numeric} ltr required={required === true} choices={of.choices}
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
  /** Told while the text is not a value that was kept, and null when it is one again. Without it what can't be read counts as not said. */
  onUnfinished?: (state: Unfinished | null) => void;
  /** With its label above and what is wrong below, in a row beside its label, or alone in a cell of a table. */
  look?: "field" | "row" | "bare";
  name?: string;
  hint?: string | undefined;
  placeholder?: string | undefined;
}

/** A field that holds a value: kept when the typing is done, refused when it makes no sense. */
export function Entry<V>(props: Props<V>) {
  const { of, label, look = "row", name, hint, placeholder } = props;
  const { text, wrong, type, done, putBack } = useEntry(props);
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

/**
 * The text of a field and what follows from it. What can't be read never leaves the value before it in force unsaid: where the field may be
 * empty the value is taken back; where it may not, the old text is put back and a notice says so.
 */
function useEntry<V>({ of, label, value, onValue, optional = false, onUnfinished }: Props<V>) {
  const shown = value === null || value === undefined ? "" : of.show(value);
  const [text, setText] = useState(shown);
  const [wrong, setWrong] = useState(false);
  const takenBack = useRef(false);
  const putBack = (): void => {
    setText(shown);
    setWrong(false);
    onUnfinished?.(null);
  };
  useEffect(() => {
    if (!takenBack.current) putBack();
    takenBack.current = false;
  }, [value]);
  const type = (typed: string): void => {
    setText(typed);
    setWrong(false);
    onUnfinished?.(typed === shown ? null : "typing");
  };
  const refuse = (typed: string): void => {
    if (onUnfinished !== undefined) onUnfinished("wrong");
    else if (!optional) {
      tell("warn", t("entry.putBack", { name: label, typed, value: shown }), { code: "entry", hint: typed.trim() === "" ? null : of.wrong(typed) });
      return putBack();
    } else if (value !== null && value !== undefined) {
      takenBack.current = true;
      onValue(null);
    }
    setWrong(true);
  };
  const done = (typed: string): void => {
    if (typed === shown && !wrong) return putBack(); // what is shown may be rounded: it is no new value
    const found = readOptional(of, typed);
    if (found.wrong || (found.value === null && !optional)) return refuse(typed);
    setWrong(false);
    clearNotice("entry");
    onUnfinished?.(null);
    if (found.value !== (value ?? null)) onValue(found.value);
  };
  return { text, wrong, type, done, putBack };
}
