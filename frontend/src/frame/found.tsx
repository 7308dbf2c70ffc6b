/** What the marks say: the sun, the camera, what is not determined, assumed, and what to mark next. */
import en from "../i18n/en.json";
import { language, number, percent, t, type Key } from "../i18n/index.ts";
import type { FrameReply, ToldPoint } from "../types.ts";
import { Told } from "../ui/parts.tsx";
import { solving } from "./solve.ts";
import { chooseMeaning, marks, reply, sheet } from "./store.ts";
import { isMeaning } from "./points.ts";

const degrees = (value: number, sigma: number | null | undefined): string =>
  sigma === null || sigma === undefined ? `${number(value, 1)}°` : `${number(value, 1)} ± ${number(sigma, sigma < 0.2 ? 2 : 1)}°`;

export function Found() {
  const told = reply.value;
  const now = solving.value;
  if (now?.state === "refused") return <div class="found"><p class="found-why"><Told lang={now.words.lang}>{now.words.text}</Told></p>{now.words.hint !== null && <p class="soft"><Told lang={now.words.lang}>{now.words.hint}</Told></p>}</div>;
  if (told === null) return <p class="soft frame-empty">{marks.value.length === 0 ? t("frame.found.none") : t("frame.found.waiting")}</p>;
  return (
    <div class="found">
      <Numbers told={told} />
      <List title={t("frame.found.conflicts")} tone="bad" lines={told.conflicts.map((conflict) => String(conflict["why"] ?? ""))} />
      <List title={t("frame.found.warnings")} tone="warn" lines={told.warnings} points={told.warning_points} />
      <List title={t("frame.found.notDetermined")} tone="warn" lines={told.not_determined} points={told.not_determined_points} />
      <Advice told={told} />
      <List title={t("frame.found.assumed")} tone="soft" lines={told.assumed} points={told.assumed_points} />
    </div>
  );
}

/** The solution in one line, for the head of the drawer and for screen readers. */
export function shortWords(told: FrameReply | null): string {
  const sun = told?.sun;
  if (sun === null || sun === undefined || sun.elevation_deg === null) return "";
  const up = t("frame.found.up", { value: degrees(sun.elevation_deg, sun.elevation_sigma_deg) });
  if (sun.azimuth_deg !== null) return t("frame.found.both", { up, across: t("frame.found.azimuth", { value: degrees(sun.azimuth_deg, sun.azimuth_sigma_deg) }) });
  if (sun.relative_azimuth_deg === null) return up;
  const key = sun.relative_azimuth_deg >= 0 ? "frame.found.right" : "frame.found.left";
  return t("frame.found.both", { up, across: t(key, { value: degrees(Math.abs(sun.relative_azimuth_deg), sun.relative_azimuth_sigma_deg) }) });
}

function Numbers({ told }: { told: FrameReply }) {
  const { camera, lens } = told;
  const pitch = camera.pitch_deg;
  return (
    <dl class="found-numbers">
      <div><dt>{t("frame.found.sun")}</dt><dd>{shortWords(told) === "" ? t("frame.found.noSun") : shortWords(told)}</dd></div>
      {pitch !== null && <div><dt>{t("frame.found.camera")}</dt><dd>{t(pitch < 0 ? "frame.found.down" : "frame.found.upward", { value: degrees(Math.abs(pitch), camera["pitch_sigma_deg"] as number | null) })}</dd></div>}
      {camera.heading_deg !== null && <div><dt>{t("frame.found.heading")}</dt><dd><bdi dir="ltr">{degrees(camera.heading_deg, camera["heading_sigma_deg"] as number | null)}</bdi></dd></div>}
      <div><dt>{t("frame.found.lens")}</dt><dd>{t("frame.found.focal", { px: `${number(lens.focal_px, 0)} ± ${number(lens.focal_sigma_px, 0)}`, mm: number(lens.focal_mm_35, 0) })}</dd></div>
    </dl>
  );
}

/** A sentence in the page's language; Python's own where the page has none. */
function Line({ words, point }: { words: string; point: ToldPoint | undefined }) {
  if (point === undefined || !(`frame.told.${point.what}` in en)) return <Told>{words}</Told>;
  return <>{t(`frame.told.${point.what}` as Key, { value: number(point.value ?? 0, 0), sigma: number(point.give_or_take ?? 0, 1) })}</>;
}

function List({ title, tone, lines, points = [] }: { title: string; tone: "bad" | "warn" | "soft"; lines: readonly string[]; points?: readonly ToldPoint[] }) {
  if (lines.length === 0) return null;
  return (
    <section class={`found-list found-${tone}`} aria-label={title}>
      <p class="found-head">{title}</p>
      <ul>{lines.map((line, at) => <li key={line}><Line words={line} point={points[at]} /></li>)}</ul>
    </section>
  );
}

function Advice({ told }: { told: FrameReply }) {
  if (told.advice.length === 0) return null;
  return (
    <section class="found-list found-soft" aria-label={t("frame.found.advice")}>
      <p class="found-head">{t("frame.found.advice")}</p>
      <ul>
        {told.advice.map((one) => {
          const means = isMeaning(one.measure) ? one.measure : null;
          return (
            <li key={one.measure + one.why}>
              {language.value === "en" ? <Told>{one.why}</Told> : t(means === null ? "frame.found.focalHelps" : `frame.gives.${means}`)}{" "}<span class="soft">{t("frame.found.shrink", { share: percent(Math.max(0, 1 - one.shrinkage)) })}</span>
              {means !== null && <button type="button" class="found-mark" onClick={() => { chooseMeaning(means); document.querySelector<HTMLElement>(".stage-keys")?.focus(); }}>{t("frame.found.markIt")}</button>}
              {one.measure.includes("focal") && <button type="button" class="found-mark" onClick={() => { sheet.value = "lens"; }}>{t("frame.found.sayIt")}</button>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
