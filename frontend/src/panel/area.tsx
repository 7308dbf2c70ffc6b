import { useState } from "preact/hooks";
import { countryCode, t, type Key } from "../i18n/index.ts";
import { selection } from "../store/signals.ts";
import type { Area } from "../types.ts";
import { EntryText } from "../ui/entry.tsx";
import { Button, Choice, TextField } from "../ui/parts.tsx";
import { edgeLongitude, latitude, longitude, numberFrom, type EntryFormat } from "../ui/entry_formats.ts";

type Form = "world" | "land" | "country" | "circle" | "box" | "file";
/** What was typed, by field; "text" is the country's code or the path of a file. */
type Texts = Record<string, string>;

interface Part {
  name: string;
  label: Key;
  of: EntryFormat<number>;
  unit: string;
}
const CIRCLE: readonly Part[] = [
  { name: "lat_deg", label: "place.lat", of: latitude, unit: "°" },
  { name: "lon_deg", label: "place.lon", of: longitude, unit: "°" },
  { name: "radius_km", label: "place.radius", of: numberFrom(0, 20_100), unit: "km" },
];
const BOX: readonly Part[] = [
  { name: "south", label: "place.south", of: latitude, unit: "°" },
  { name: "west", label: "place.west", of: edgeLongitude, unit: "°" },
  { name: "north", label: "place.north", of: latitude, unit: "°" },
  { name: "east", label: "place.east", of: edgeLongitude, unit: "°" },
];
const FORMS: readonly Form[] = ["world", "land", "country", "circle", "box", "file"];
const isCountry = (text: string): boolean => /^[A-Za-z]{2}$/.test(text);

function formOf(area: Area | undefined): Form {
  if (area === undefined || area === "world") return "world";
  if (area === "land") return "land";
  if (typeof area === "string") return isCountry(area) ? "country" : "file";
  return "radius_km" in area ? "circle" : "box";
}

function textsOf(area: Area | undefined): Texts {
  if (typeof area === "object") return Object.fromEntries(Object.entries(area).map(([name, value]) => [name, String(value)]));
  const form = formOf(area);
  return area !== undefined && (form === "country" || form === "file") ? { text: area } : {};
}

/** The area that is typed; null while something of it is missing or can't be read. */
export function areaOf(form: Form, texts: Texts): Area | null {
  const text = texts["text"] ?? "";
  if (form === "world" || form === "land") return form;
  if (form === "country") return countryCode(text);
  if (form === "file") return text.trim() === "" ? null : text.trim();
  const values: Record<string, number> = {};
  for (const { name, of } of form === "circle" ? CIRCLE : BOX) {
    const value = of.read(texts[name] ?? "");
    if (value === null) return null;
    values[name] = value;
  }
  return values as unknown as Area;
}

interface AreaProps {
  value: Area | undefined;
  /** Told at every change: null while the area is missing or can't be read. `done`: the typing has ended. */
  onArea: (area: Area | null, done: boolean) => void;
  noWorld?: boolean;
  error?: string | undefined;
}

/** An area as `locate` understands it. What is unfinished is told as null: the area before it never stands in for it. */
export function AreaField({ value, onArea, noWorld, error }: AreaProps) {
  const [form, setForm] = useState<Form>(formOf(value));
  const [texts, setTexts] = useState<Texts>(() => textsOf(value));
  const choose = (next: Form): void => {
    setForm(next);
    onArea(areaOf(next, texts), true);
  };
  const takeFromMap = ([lat, lon]: [number, number]): void => {
    const next = { radius_km: "50", ...texts, lat_deg: String(lat), lon_deg: String(lon) };
    setTexts(next);
    onArea(areaOf("circle", next), true);
  };
  const type = (name: string) => (text: string): void => {
    const next = { ...texts, [name]: text };
    setTexts(next);
    onArea(areaOf(form, next), false);
  };
  const done = (name: string) => (text: string): void => onArea(areaOf(form, { ...texts, [name]: text }), true);
  const text = { value: texts["text"] ?? "", onValue: type("text"), onDone: done("text"), ltr: true };
  const part = ({ name, label, of, unit }: Part) => (
    <PartField key={name} of={of} label={t(label)} unit={unit} text={texts[name] ?? ""} onText={type(name)} onDone={done(name)} />
  );
  const { place } = selection.value;
  const isWhole = areaOf(form, texts) !== null;
  const wrong = form === "country" && !isWhole && (texts["text"] ?? "").trim() !== "" ? t("area.noCountry") : undefined;
  return (
    <div class="area-field">
      <Choice
        label={t("area.label")} value={form} onValue={(next) => choose(next as Form)}
        options={FORMS.filter((key) => noWorld !== true || key !== "world").map((key) => ({ value: key, label: t(`area.${key}`) }))}
      />
      {form === "country" && <TextField label={t("area.code")} hint={t("area.codeHint")} error={wrong} {...text} />}
      {form === "file" && <TextField label={t("area.path")} {...text} />}
      {form === "circle" && (
        <div class="row">
          {CIRCLE.map(part)}
          {place !== null && <Button kind="quiet" icon="pin" onClick={() => takeFromMap(place)}>{t("place.fromMap")}</Button>}
        </div>
      )}
      {form === "box" && <div class="row">{BOX.map(part)}</div>}
      {!isWhole && <p class="field-error" role="status">{error ?? t("area.unfinished")}</p>}
    </div>
  );
}

interface PartProps {
  of: EntryFormat<number>;
  label: string;
  unit: string;
  text: string;
  onText: (text: string) => void;
  onDone: (text: string) => void;
}

/** One number of an area; that it can't be read is said once its typing is done. */
function PartField({ text, onText, onDone, of, ...rest }: PartProps) {
  const [left, setLeft] = useState(false);
  const type = (typed: string): void => {
    setLeft(false);
    onText(typed);
  };
  const done = (typed: string): void => {
    setLeft(true);
    onDone(typed);
  };
  const wrong = left && text.trim() !== "" && of.read(text) === null;
  return <EntryText of={of} text={text} onText={type} onDone={done} error={wrong ? of.wrong(text) : undefined} {...rest} />;
}
