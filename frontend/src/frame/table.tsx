/** The marks as a table: the same points, to be read aloud and typed into. */
import { fixed, t } from "../i18n/index.ts";
import { selection } from "../store/signals.ts";
import type { Mark, Point } from "../types.ts";
import { Entry } from "../ui/entry.tsx";
import { Button, Check } from "../ui/parts.tsx";
import { latitude, longitude, numberFrom, type EntryFormat } from "../ui/entry_formats.ts";
import { handles, isMeaning, lacking, sigmaOf, type Handle, type Meaning } from "./points.ts";
import { PointShape, SIGN } from "./shapes.tsx";
import { focusPoint } from "./keys.ts";
import { grade, residualOf } from "./residuals.ts";
import { active, choosePoint, keptFrame, pointName, put, removeMark, removePoint, reply, setField, setSigma } from "./store.ts";

/** What can be said of a mark beside its points: the field, and the limits of docs/frame.md. */
interface Said {
  readonly field: "height_m" | "height_sigma_m" | "lean_sigma_deg" | "slope_sigma_deg" | "bearing_deg" | "bearing_sigma_deg" | "level_sigma_deg" | "sigma_deg" | "length_m" | "length_sigma_m" | "dip_deg" | "depression_deg" | "depression_sigma_deg" | "lat_deg" | "lon_deg" | "altitude_m" | "sigma_m";
  readonly of: EntryFormat<number>;
  readonly usual?: number;
}
/** Decimals of what is said of a mark: a coordinate's seventh is about a centimetre. */
const DIGITS = 7;
const POSITIVE = { of: numberFrom(1e-6, Infinity, DIGITS) };
const SIGMA = { of: numberFrom(0, 90, DIGITS) };
const PIXEL = numberFrom(-Infinity, Infinity, 2);
const PIXEL_SIGMA = numberFrom(0.01, 1e5, 2);
const SAID: Record<Meaning, readonly Said[]> = {
  shadow: [{ field: "height_m", ...POSITIVE }, { field: "height_sigma_m", ...POSITIVE }, { field: "slope_sigma_deg", ...SIGMA, usual: 1 }, { field: "lean_sigma_deg", ...SIGMA, usual: 1 }],
  vertical: [{ field: "height_m", ...POSITIVE }, { field: "height_sigma_m", ...POSITIVE }, { field: "lean_sigma_deg", ...SIGMA, usual: 1 }],
  shadow_edge: [{ field: "slope_sigma_deg", ...SIGMA, usual: 1 }],
  parallel: [{ field: "bearing_deg", of: numberFrom(-360, 720, DIGITS) }, { field: "bearing_sigma_deg", ...SIGMA, usual: 0.5 }, { field: "level_sigma_deg", ...SIGMA, usual: 0.5 }],
  right_angle: [{ field: "sigma_deg", ...SIGMA, usual: 0.5 }, { field: "level_sigma_deg", ...SIGMA, usual: 0.5 }],
  length: [{ field: "length_m", ...POSITIVE }, { field: "length_sigma_m", ...POSITIVE }],
  horizon: [{ field: "dip_deg", of: numberFrom(-20, 20, DIGITS), usual: 0 }, { field: "sigma_deg", ...SIGMA, usual: 0.1 }],
  water_line: [{ field: "depression_deg", of: numberFrom(0, 60, DIGITS), usual: 1 }, { field: "depression_sigma_deg", ...SIGMA, usual: 1 }],
  sun_disc: [],
  landmark: [{ field: "lat_deg", of: latitude }, { field: "lon_deg", of: longitude }, { field: "altitude_m", of: numberFrom(-500, 20000, DIGITS) }, { field: "sigma_m", ...POSITIVE, usual: 3 }],
};

export function MarksTable() {
  const list = keptFrame.value?.marks.mark ?? [];
  if (list.length === 0) return <p class="soft frame-empty">{t("frame.table.empty")}</p>;
  return (
    <div class="marks">
      {list.map((mark, index) => <MarkCard key={index} mark={mark} index={index} />)}
    </div>
  );
}

function MarkCard({ mark, index }: { mark: Mark; index: number }) {
  const means = isMeaning(mark.means) ? mark.means : "shadow";
  const told = reply.value?.marks.find((one) => one.index === index);
  const missing = lacking(mark);
  const chosen = selection.value.mark === index;
  const what = typeof mark.what === "string" ? mark.what : "";
  return (
    <section class={chosen ? "mark-card mark-chosen" : "mark-card"} aria-label={`${t(`frame.means.${means}`)} ${what}`}>
      <header>
        <PointShape mark={mark} role={SIGN[means] ?? "point"} size={18} />
        <span class="mark-means">{t(`frame.means.${means}`)}</span>
        <input class="entry mark-what" type="text" dir="auto" maxLength={200} autocomplete="off" value={what} placeholder={t("frame.table.whatHint")} aria-label={t("frame.table.what")} onChange={(event) => setField(index, "what", event.currentTarget.value.trim() === "" ? undefined : event.currentTarget.value.trim())} />
        {told !== undefined && !told.used && <span class="tag tag-bad">{t("frame.table.leftOut")}</span>}
        <Button icon="bin" kind="quiet" bare onClick={() => { removeMark(index); }}>{t("frame.table.removeMark", { what: what === "" ? t(`frame.means.${means}`) : what })}</Button>
      </header>
      <table>
        <thead><tr><th scope="col">{t("frame.table.point")}</th><th scope="col">x</th><th scope="col">y</th><th scope="col">{t("frame.table.sigma")}</th><th scope="col">{t("frame.table.residual")}</th><td /></tr></thead>
        <tbody>{handles(mark).map((handle) => <PointRow key={handle.path} mark={mark} index={index} handle={handle} />)}</tbody>
      </table>
      <div class="mark-said">
        {means === "parallel" && <Check label={t("frame.field.level")} on={mark["level"] !== false} onTurn={(on) => setField(index, "level", on)} />}
        {means === "shadow_edge" && <Check label={t("frame.field.caster")} on={mark["caster"] === "level"} onTurn={(on) => setField(index, "caster", on ? "level" : undefined)} />}
        {SAID[means].map((said) => (
          <Entry
            key={said.field} label={t(`frame.field.${said.field}`)} name={said.field} value={typeof mark[said.field] === "number" ? (mark[said.field] as number) : said.usual}
            of={said.of} optional onValue={(value) => setField(index, said.field, value ?? undefined)}
          />
        ))}
      </div>
      {missing.length > 0 && <p class="mark-lacks">{missing.map((field) => t(`frame.lacks.${field as "points" | "lat_deg" | "lon_deg" | "altitude_m" | "length_m"}`)).join(" ")}</p>}
    </section>
  );
}

function PointRow({ mark, index, handle }: { mark: Mark; index: number; handle: Handle }) {
  const name = pointName(mark, handle.path);
  const residual = residualOf(index, handle.path);
  const now = active.value?.mark === index && active.value.path === handle.path;
  const type = (axis: 0 | 1) => (value: number | null): void => {
    if (value === null) return;
    const to: Point = axis === 0 ? [value, handle.at[1]] : [handle.at[0], value];
    put(index, handle.path, to, "type");
  };
  return (
    <tr class={now ? "row-active" : ""} data-mark={index} data-path={handle.path}>
      <th scope="row"><button type="button" class="row-point" onClick={() => { choosePoint(index, handle.path); focusPoint({ mark: index, path: handle.path }); }}><PointShape mark={mark} role={handle.role} size={14} />{name}</button></th>
      <td><Entry of={PIXEL} look="bare" name="x" label={`x, ${name}`} value={handle.at[0]} onValue={type(0)} /></td>
      <td><Entry of={PIXEL} look="bare" name="y" label={`y, ${name}`} value={handle.at[1]} onValue={type(1)} /></td>
      <td><Entry of={PIXEL_SIGMA} look="bare" name="sigma" label={`${t("frame.table.sigma")}, ${name}`} value={sigmaOf(mark, handle.path)} onValue={(value) => { if (value !== null) setSigma(index, handle.path, value); }} /></td>
      <td class={residual === null ? "" : `residual-${grade(residual)}`}>{residual === null ? "" : `${fixed(residual, 1)}σ`}</td>
      <td><Button icon="close" kind="quiet" bare onClick={() => { removePoint(index, handle.path); }}>{t("frame.table.removePoint", { point: name })}</Button></td>
    </tr>
  );
}
