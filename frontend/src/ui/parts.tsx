/** The few parts that every region is made of. */
import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Words } from "../i18n/faults.ts";
import { dir } from "../i18n/index.ts";
import { saidWords, type Sentence } from "../i18n/said.ts";

const paths = {
  add: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  undo: "M6 4 3 7l3 3M3 7h6a4 4 0 0 1 0 8H7",
  redo: "M10 4l3 3-3 3M13 7H7a4 4 0 0 0 0 8h2",
  copy: "M5.5 5.5h7v7h-7zM3.5 10.5v-7h7",
  check: "M3 8.5l3.2 3L13 4.8",
  warn: "M8 2.5 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1",
  next: "M6 3l5 5-5 5",
  prev: "M10 3 5 8l5 5",
  more: "M3 6l5 5 5-5",
  plus: "M8 4v8M4 8h8",
  minus: "M4 8h8",
  world: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2 8h12M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12",
  pin: "M8 14s4.5-4.4 4.5-7.5a4.5 4.5 0 0 0-9 0C3.5 9.6 8 14 8 14zM8 8a1.6 1.6 0 1 0 0-3.2A1.6 1.6 0 0 0 8 8z",
  layers: "M8 2.5 14 6 8 9.5 2 6zM3 9l5 3 5-3",
  export: "M8 10V2.5M5 5l3-3 3 3M3 9v4.5h10V9",
  edit: "M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z",
  bin: "M3.5 4.5h9M6.5 4V2.8h3V4M4.6 4.8l.6 8.4h5.6l.6-8.4",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1",
  moon: "M12.8 9.8A5.4 5.4 0 0 1 6.2 3.2a5.4 5.4 0 1 0 6.6 6.6z",
  photo: "M2.5 4h11v8.5h-11zM4 11l3-3.5 2 2 1.5-1.5L13 11M10.5 6.6v.1",
  film: "M2.5 3.5h11v9h-11zM5 3.5v9M11 3.5v9M2.5 8H5M11 8h2.5",
  file: "M4 2.5h5l3 3v8H4zM9 2.5v3h3",
  hide: "M2.5 6h11v4h-11z",
  side: "M2.5 3.5h11v9h-11zM10 3.5v9M11.4 6h.6M11.4 8h.6",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10M6 8h4M8 6v4",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4 14 14",
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name, turn }: { name: IconName; turn?: boolean }) {
  return (
    <svg class={turn ? "icon turns" : "icon"} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={paths[name]} fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "type" | "disabled"> & {
  icon?: IconName;
  kind?: "plain" | "main" | "quiet" | "danger";
  /** Only the icon is seen; the text is its name. */
  bare?: boolean;
  turn?: boolean;
  disabled?: boolean;
  type?: "button" | "submit";
  children?: ComponentChildren;
};

export function Button({ icon, kind = "plain", bare = false, turn, children, class: extra, ...rest }: ButtonProps) {
  const names = ["button", `button-${kind}`, bare ? "button-bare" : "", typeof extra === "string" ? extra : ""].join(" ").trim();
  return (
    <button type="button" class={names} {...(rest as object)} {...(bare && typeof children === "string" ? { title: children } : {})}>
      {icon !== undefined && <Icon name={icon} turn={turn === true} />}
      {bare ? <span class="unseen">{children}</span> : children}
    </button>
  );
}

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  unit?: string | undefined;
  children: (ids: { id: string; describedBy: string | undefined }) => ComponentChildren;
}

/** Dates, times and offsets stay whole at the end of a line, and run from the left in every language. */
const unbroken = (hint: string): ComponentChildren =>
  hint.split(/(\d{4}-\d\d-\d\d(?: \d\d:\d\d)?|[+-]\d\d:\d\d)/).map((part, at) => (at % 2 === 0 ? part : <bdi dir="ltr" class="nowrap">{part}</bdi>));

export function Field({ label, hint, error, unit, children }: FieldProps) {
  const id = useId();
  const describes = [hint !== undefined ? `${id}-hint` : "", error !== undefined ? `${id}-error` : ""].join(" ").trim();
  return (
    <div class="field">
      <label for={id}>
        {label}
        {unit !== undefined && unit !== "" && <span class="unit"> {unit}</span>}
      </label>
      {children({ id, describedBy: describes === "" ? undefined : describes })}
      {hint !== undefined && <p class="hint" id={`${id}-hint`}>{unbroken(hint)}</p>}
      {error !== undefined && <p class="field-error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}

interface TextProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  /** Called when the typing is done (Enter, or the field is left). */
  onDone?: (value: string) => void;
  hint?: string | undefined;
  error?: string | undefined;
  unit?: string | undefined;
  placeholder?: string | undefined;
  numeric?: boolean;
  lines?: number;
  required?: boolean;
  /** What may be typed, offered as a list. */
  choices?: (() => string[]) | undefined;
  ltr?: boolean;
}

export function TextField({ label, value, onValue, onDone, hint, error, unit, placeholder, numeric, lines, required, choices, ltr }: TextProps) {
  return (
    <Field label={label} hint={hint} error={error} unit={unit}>
      {({ id, describedBy }) => {
        const shared = {
          id,
          value,
          placeholder,
          required,
          "aria-describedby": describedBy,
          "aria-invalid": error !== undefined,
          autocomplete: "off",
          spellcheck: false,
          dir: numeric === true || ltr === true ? ("ltr" as const) : ("auto" as const),
          onChange: (event: Event) => onDone?.((event.currentTarget as HTMLInputElement).value),
        };
        return lines !== undefined ? (
          <textarea {...shared} rows={lines} onInput={(event) => onValue(event.currentTarget.value)} />
        ) : (
          <>
            <input {...shared} type="text" list={choices === undefined ? undefined : `${id}-list`} inputMode={numeric === true ? "decimal" : "text"} onInput={(event) => onValue(event.currentTarget.value)} />
            {choices !== undefined && <datalist id={`${id}-list`}>{choices().map((choice) => <option key={choice} value={choice} />)}</datalist>}
          </>
        );
      }}
    </Field>
  );
}

export function Choice({ label, value, options, onValue, hint }: {
  label: string; value: string; options: { value: string; label: string }[]; onValue: (value: string) => void; hint?: string | undefined;
}) {
  return (
    <Field label={label} hint={hint}>
      {({ id, describedBy }) => (
        <select id={id} value={value} aria-describedby={describedBy} onChange={(event) => onValue(event.currentTarget.value)}>
          {options.map((option) => <option key={option.value} value={option.value} selected={option.value === value}>{option.label}</option>)}
        </select>
      )}
    </Field>
  );
}

export function Switch({ label, on, onTurn, hideLabel }: { label: string; on: boolean; onTurn: (on: boolean) => void; hideLabel?: boolean }) {
  return (
    <label class="switch">
      <input type="checkbox" role="switch" checked={on} onChange={(event) => onTurn(event.currentTarget.checked)} />
      <span class={hideLabel === true ? "unseen" : ""}>{label}</span>
    </label>
  );
}

export function Check({ label, on, onTurn }: { label: string; on: boolean; onTurn: (on: boolean) => void }) {
  return <label class="check"><input type="checkbox" checked={on} onChange={(event) => onTurn(event.currentTarget.checked)} /><span><bdi>{label}</bdi></span></label>;
}

/** Tabs as ARIA has them: arrows move, one tab stop. */
export function Tabs<K extends string>({ label, tabs, chosen, onChoose }: {
  label: string; tabs: { key: K; label: string; count?: number | undefined }[]; chosen: K; onChoose: (key: K) => void;
}) {
  const move = (event: KeyboardEvent): void => {
    const at = tabs.findIndex((tab) => tab.key === chosen);
    const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    const to = event.key === forward ? at + 1 : event.key === back ? at - 1 : event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : null;
    const tab = to === null ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (tab === undefined) return;
    event.preventDefault();
    onChoose(tab.key);
    document.getElementById(`tab-${tab.key}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map((tab) => (
        <button key={tab.key} id={`tab-${tab.key}`} type="button" role="tab" aria-selected={tab.key === chosen} aria-controls={`panel-${tab.key}`} tabIndex={tab.key === chosen ? 0 : -1} onClick={() => onChoose(tab.key)}>
          {tab.label}
          {tab.count !== undefined && tab.count > 0 && <span class="count">{tab.count}</span>}
        </button>
      ))}
    </div>
  );
}

/** A text of others, shown as it is: never markup, its direction kept to itself. */
export function Quote({ children }: { children: string }) {
  return <bdi>{children}</bdi>;
}

/** What a sentence has between back quotes is typed: it is read from the left in every language. */
const coded = (sentence: string): ComponentChildren => sentence.split("`").map((part, at) => (at % 2 === 0 ? part : <code dir="ltr">{part}</code>));

/** A sentence of Python's, which speaks English: a screen reader must know, and its full stop stays at its end. */
export function Told({ children, lang = "en" }: { children: string; lang?: "en" | null }) {
  return lang === null ? <bdi>{coded(children)}</bdi> : <bdi class="told" lang={lang} dir="ltr">{coded(children)}</bdi>;
}

/** A sentence of Python's in the page's language, the English one behind it; that alone where the page has no words for it. */
export function Said({ text, told }: { text: string; told: readonly Sentence[] | undefined }) {
  const words = saidWords(told);
  return words === null ? <Told>{text}</Told> : <bdi class="told" dir={dir.value} title={text}>{coded(words)}</bdi>;
}

/** What went wrong, with its hint. */
export function ToldWords({ words: { text, hint, lang } }: { words: Words }) {
  return <><Told lang={lang}>{text}</Told>{hint !== null && <span class="soft"> <Told lang={lang}>{hint}</Told></span>}</>;
}
