import { useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { selection } from "../state.ts";
import type { Area } from "../types.ts";
import { Button, Choice, TextField } from "../ui/parts.tsx";

type Form = "world" | "land" | "country" | "circle" | "box" | "file";

const formOf = (area: Area | undefined): Form => {
  if (area === undefined || area === "world") return "world";
  if (area === "land") return "land";
  if (typeof area === "string") return /^[A-Za-z]{2}$/.test(area) ? "country" : "file";
  return "radius_km" in area ? "circle" : "box";
};

/** An area as `locate` understands it; tells only areas that are whole. */
export function AreaField({ value, onArea, noWorld }: { value: Area | undefined; onArea: (area: Area) => void; noWorld?: boolean }) {
  const [form, setForm] = useState<Form>(formOf(value));
  const start = (): Record<string, string> =>
    typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, n]) => [key, String(n)])) : typeof value === "string" ? { text: formOf(value) === "country" || formOf(value) === "file" ? value : "" } : {};
  const [texts, setTexts] = useState<Record<string, string>>(start);
  const told = (next: Form, now: Record<string, string>): void => {
    const number = (key: string): number => (now[key]?.trim() === "" || now[key] === undefined ? NaN : Number(now[key]));
    if (next === "world" || next === "land") return onArea(next);
    if (next === "country") return /^[A-Za-z]{2}$/.test(now["text"] ?? "") ? onArea((now["text"] ?? "").toUpperCase()) : undefined;
    if (next === "file") return (now["text"] ?? "").trim() === "" ? undefined : onArea((now["text"] ?? "").trim());
    const names = next === "circle" ? ["lat_deg", "lon_deg", "radius_km"] : ["south", "west", "north", "east"];
    const values = Object.fromEntries(names.map((name) => [name, number(name)]));
    if (Object.values(values).every(Number.isFinite)) onArea(values as unknown as Area);
  };
  const type = (key: string) => (text: string): void => setTexts({ ...texts, [key]: text });
  const done = (key: string) => (text: string): void => told(form, { ...texts, [key]: text });
  const field = (key: string, label: string, unit?: string) => (
    <TextField key={key} label={label} value={texts[key] ?? ""} onValue={type(key)} onDone={done(key)} numeric unit={unit} />
  );
  const options: Form[] = noWorld === true ? ["land", "country", "circle", "box", "file"] : ["world", "land", "country", "circle", "box", "file"];
  const place = selection.value.place;
  return (
    <div class="area-field">
      <Choice
        label={t("area.label")} value={form} options={options.map((key) => ({ value: key, label: t(`area.${key}`) }))}
        onValue={(next) => { setForm(next as Form); told(next as Form, texts); }}
      />
      {form === "country" && <TextField label={t("area.code")} hint={t("area.codeHint")} value={texts["text"] ?? ""} onValue={type("text")} onDone={done("text")} ltr />}
      {form === "file" && <TextField label={t("area.path")} value={texts["text"] ?? ""} onValue={type("text")} onDone={done("text")} ltr />}
      {form === "circle" && (
        <div class="row">
          {field("lat_deg", t("place.lat"), "°")}
          {field("lon_deg", t("place.lon"), "°")}
          {field("radius_km", t("place.radius"), "km")}
          {place !== null && (
            <Button kind="quiet" icon="pin" onClick={() => { const next = { radius_km: "50", ...texts, lat_deg: String(place[0]), lon_deg: String(place[1]) }; setTexts(next); told("circle", next); }}>{t("place.fromMap")}</Button>
          )}
        </div>
      )}
      {form === "box" && <div class="row">{field("south", t("place.south"), "°")}{field("west", t("place.west"), "°")}{field("north", t("place.north"), "°")}{field("east", t("place.east"), "°")}</div>}
    </div>
  );
}
