/** What is known of lens, time, ground and camera. Whatever is left empty is assumed, and said to be. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api.ts";
import { t } from "../i18n/index.ts";
import type { Marks } from "../types.ts";
import { selectedItem } from "../state.ts";
import { Button, Choice, TextField } from "../ui/parts.tsx";
import { Check, Entry } from "./entry.tsx";
import { change, emptyMarks, keptFrame, pictureSize } from "./store.ts";

type Section = "image" | "lens" | "scene" | "camera";
type Fields = Record<string, unknown>;

/** Says a field of a section, or takes it back; what was said the other way falls away. */
function say(section: Section, field: string, value: unknown, instead: readonly string[] = []): void {
  change(value === undefined ? `took ${section}.${field} back` : `said ${section}.${field}`, (marks) => {
    const now: Fields = { ...(marks[section] as Fields | undefined) };
    for (const other of instead) delete now[other];
    if (value === undefined) delete now[field];
    else now[field] = value;
    return { ...marks, [section]: now } as Marks;
  }, `${section} ${field}`);
}

const DEVICES = ["unknown", "phone", "camera", "drone"] as const;
const LENS = [
  { field: "focal_mm_35", instead: ["focal_px", "focal_sigma_px", "focal_mm", "sensor_width_mm"] },
  { field: "focal_px", instead: ["focal_mm_35", "focal_mm", "sensor_width_mm"] },
  { field: "focal_sigma_px", instead: [] },
  { field: "focal_mm", instead: ["focal_mm_35", "focal_px", "focal_sigma_px"] },
  { field: "sensor_width_mm", instead: ["focal_mm_35", "focal_px", "focal_sigma_px"] },
] as const;
const SCENE = [{ field: "slope_sigma_deg", usual: 1 }, { field: "lean_sigma_deg", usual: 1 }] as const;
const CAMERA = [
  { field: "heading_deg", low: -360, high: 720 }, { field: "heading_sigma_deg", low: 0, high: 90 },
  { field: "pitch_deg", low: -90, high: 90 }, { field: "pitch_sigma_deg", low: 0, high: 90 },
  { field: "roll_deg", low: -180, high: 180 }, { field: "roll_sigma_deg", low: 0, high: 90 },
  { field: "lat_deg", low: -90, high: 90 }, { field: "lon_deg", low: -180, high: 180 }, { field: "position_sigma_m", low: 1e-3, high: 1e7 },
  { field: "altitude_m", low: -500, high: 50_000 }, { field: "altitude_sigma_m", low: 1e-3, high: 1e7 },
] as const;

/** A time as the marks document wants it: RFC 3339 with its offset; a time without one is taken as UTC. */
export function readTime(text: string): string | null {
  const tidy = text.trim().replace(" ", "T");
  const whole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/i.exec(tidy);
  if (whole === null) return null;
  const full = `${tidy.slice(0, 16)}${whole[1] ?? ":00"}${(whole[3] ?? "Z").toUpperCase()}`;
  return Number.isFinite(Date.parse(full)) ? full : null;
}

export function LensForm() {
  const size = pictureSize.value;
  if (size === null) return <p class="soft frame-empty">{t("frame.noPicture")}</p>;
  const marks = keptFrame.value?.marks ?? emptyMarks(size);
  const number = (section: Section, field: string): number | undefined => {
    const value = (marks[section] as Fields | undefined)?.[field];
    return typeof value === "number" ? value : undefined;
  };
  return (
    <div class="lens">
      <fieldset>
        <legend>{t("frame.lens.title")}</legend>
        <Choice label={t("frame.lens.device")} value={marks.lens?.device ?? "unknown"} options={DEVICES.map((value) => ({ value, label: t(`frame.lens.${value}`) }))} onValue={(value) => say("lens", "device", value)} />
        <FromFile />
        {LENS.map(({ field, instead }) => <Entry key={field} optional label={t(`frame.lens.${field}`)} name={field} value={number("lens", field)} low={1e-3} high={1e7} onValue={(value) => say("lens", field, value ?? undefined, value === null ? [] : instead)} />)}
        {selectedItem.value?.kind === "video" && <Check label={t("frame.lens.stabilised")} on={marks.image["stabilised"] === true} onTurn={(on) => say("image", "stabilised", on ? true : undefined)} />}
      </fieldset>
      <fieldset>
        <legend>{t("frame.scene.title")}</legend>
        <SceneTime at={(marks.scene?.at as string | undefined) ?? ""} />
        <Entry optional label={t("frame.scene.at_sigma_s")} name="at_sigma_s" value={number("scene", "at_sigma_s")} low={1e-6} high={1e10} onValue={(value) => say("scene", "at_sigma_s", value ?? undefined)} />
        {SCENE.map(({ field, usual }) => <Entry key={field} optional label={t(`frame.scene.${field}`)} name={field} value={number("scene", field) ?? usual} low={0} high={90} onValue={(value) => say("scene", field, value ?? undefined)} />)}
      </fieldset>
      <fieldset>
        <legend>{t("frame.camera.title")}</legend>
        {CAMERA.map(({ field, low, high }) => <Entry key={field} optional label={t(`frame.camera.${field}`)} name={field} value={number("camera", field)} low={low} high={high} digits={7} onValue={(value) => say("camera", field, value ?? undefined)} />)}
      </fieldset>
    </div>
  );
}

/** The focal length that the file itself states: a claim, one click away. */
function FromFile() {
  const item = selectedItem.value;
  const told = useSignal<number | null>(null);
  useEffect(() => {
    told.value = null;
    if (item === null) return;
    const stop = new AbortController();
    api.probe(item.sha256, { signal: stop.signal }).then((probe) => {
      const lens = probe["lens"] as { focal_mm_35?: unknown } | null | undefined;
      const found = lens?.focal_mm_35;
      told.value = typeof found === "number" && found > 0 ? Math.round(found * 10) / 10 : null;
    }).catch(() => undefined);
    return () => stop.abort();
  }, [item?.sha256]);
  const mm = told.value;
  if (mm === null || keptFrame.value?.marks.lens?.focal_mm_35 === mm) return null;
  return <Button kind="quiet" onClick={() => say("lens", "focal_mm_35", mm, LENS[0].instead)}>{t("frame.lens.fromFile", { mm })}</Button>;
}

function SceneTime({ at }: { at: string }) {
  const typed = useSignal<string | null>(null);
  const wrong = useSignal(false);
  const done = (text: string): void => {
    const found = text.trim() === "" ? undefined : readTime(text);
    wrong.value = found === null;
    if (found === null) return;
    typed.value = null;
    if (found !== (at === "" ? undefined : at)) say("scene", "at", found);
  };
  return (
    <TextField
      label={t("frame.scene.at")} value={typed.value ?? at} placeholder="2022-10-07T14:40:00Z" ltr hint={t("frame.scene.atHint")} error={wrong.value ? t("frame.scene.atWrong") : undefined}
      onValue={(value) => { typed.value = value; }} onDone={done}
    />
  );
}
