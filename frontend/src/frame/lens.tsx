/** What is known of lens, time, ground and camera. Whatever is left empty is assumed, and said to be. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api.ts";
import { t } from "../i18n/index.ts";
import type { Marks } from "../types.ts";
import { selectedItem } from "../store/signals.ts";
import { Entry } from "../ui/entry.tsx";
import { Button, Check, Choice } from "../ui/parts.tsx";
import { latitude, longitude, moment, numberFrom } from "../ui/entry_formats.ts";
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
/** Focal lengths and the sensor's width: above 0. */
const LENGTH = numberFrom(1e-3, 1e7);
const SCENE = [{ field: "slope_sigma_deg", usual: 1 }, { field: "lean_sigma_deg", usual: 1 }] as const;
const SIGMA = numberFrom(0, 90);
const CLOCK_SIGMA = numberFrom(1e-6, 1e10);
/** Decimals of what is known of the camera: a coordinate's seventh is about a centimetre. */
const DIGITS = 7;
const SIGMA_DEG = numberFrom(0, 90, DIGITS);
const SIGMA_M = numberFrom(1e-3, 1e7, DIGITS);
const CAMERA = [
  { field: "heading_deg", of: numberFrom(-360, 720, DIGITS) }, { field: "heading_sigma_deg", of: SIGMA_DEG },
  { field: "pitch_deg", of: numberFrom(-90, 90, DIGITS) }, { field: "pitch_sigma_deg", of: SIGMA_DEG },
  { field: "roll_deg", of: numberFrom(-180, 180, DIGITS) }, { field: "roll_sigma_deg", of: SIGMA_DEG },
  { field: "lat_deg", of: latitude }, { field: "lon_deg", of: longitude }, { field: "position_sigma_m", of: SIGMA_M },
  { field: "altitude_m", of: numberFrom(-500, 50_000, DIGITS) }, { field: "altitude_sigma_m", of: SIGMA_M },
] as const;

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
        {LENS.map(({ field, instead }) => (
          <Entry
            key={field} of={LENGTH} optional label={t(`frame.lens.${field}`)} name={field} value={number("lens", field)}
            onValue={(value) => say("lens", field, value ?? undefined, value === null ? [] : instead)}
          />
        ))}
        {selectedItem.value?.kind === "video" && <Check label={t("frame.lens.stabilised")} on={marks.image["stabilised"] === true} onTurn={(on) => say("image", "stabilised", on ? true : undefined)} />}
      </fieldset>
      <fieldset>
        <legend>{t("frame.scene.title")}</legend>
        <Entry
          of={moment} look="field" optional label={t("frame.scene.at")} hint={t("frame.scene.atHint")} value={marks.scene?.at}
          onValue={(value) => say("scene", "at", value ?? undefined)}
        />
        <Entry
          of={CLOCK_SIGMA} optional label={t("frame.scene.at_sigma_s")} name="at_sigma_s" value={number("scene", "at_sigma_s")}
          onValue={(value) => say("scene", "at_sigma_s", value ?? undefined)}
        />
        {SCENE.map(({ field, usual }) => (
          <Entry
            key={field} of={SIGMA} optional label={t(`frame.scene.${field}`)} name={field} value={number("scene", field) ?? usual}
            onValue={(value) => say("scene", field, value ?? undefined)}
          />
        ))}
      </fieldset>
      <fieldset>
        <legend>{t("frame.camera.title")}</legend>
        {CAMERA.map(({ field, of }) => (
          <Entry
            key={field} of={of} optional label={t(`frame.camera.${field}`)} name={field} value={number("camera", field)}
            onValue={(value) => say("camera", field, value ?? undefined)}
          />
        ))}
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
