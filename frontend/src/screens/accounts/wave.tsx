/** How loud a recording is over its length, drawn from left to right in every language; a click hears from there. */
import { t } from "../../i18n/index.ts";
import { faultWords } from "../../i18n/faults.ts";
import { Refused } from "../../api.ts";
import { Button, ToldWords } from "../../ui/parts.tsx";
import { play, playing, stop, waiting } from "./player.ts";
import { account, chosen, peaks, recording, soundless } from "./state.ts";
import { timeCode } from "./times.ts";

const BARS = 240;
const AHEAD_MS = 30_000;

export function Player() {
  const item = recording.value;
  if (item === null) return null;
  const told = peaks.value;
  const now = playing.value;
  const one = chosen.value;
  const at = now?.at ?? one?.start_ms ?? 0;
  const voice = account.value?.segments.find((each) => each.voice !== "own")?.voice;
  const turn = (): void => {
    if (now !== null) return stop();
    const from = one?.start_ms ?? 0;
    const to = one?.end_ms ?? Math.min(told?.duration_ms ?? AHEAD_MS, AHEAD_MS);
    void play(item.sha256, from, to);
  };
  return (
    <div class="card-head player-bar">
      <Button class="small-button" aria-pressed={now !== null} disabled={told === null || waiting.value} onClick={turn}>{now !== null ? t("accounts.stop") : one !== null ? t("accounts.playOne") : t("accounts.play")}</Button>
      <span class="num small nowrap" dir="ltr">{timeCode(at)} / {told === null ? "–" : timeCode(told.duration_ms)}</span>
      {soundless.value !== null ? <span class="small grow"><ToldWords words={soundless.value instanceof Refused ? faultWords(soundless.value) : { text: String(soundless.value), hint: null, lang: "en" }} /></span> : told === null ? <span class="small soft grow" role="status">{t("accounts.listening")}</span> : <Wave at={at} />}
      {voice !== undefined && <span class="chip">{t(`accounts.voice.${voice}`)}</span>}
    </div>
  );
}

function Wave({ at }: { at: number }) {
  const told = peaks.value;
  const item = recording.value;
  if (told === null || item === null) return null;
  const count = Math.min(BARS, told.peaks.length);
  const bars = Array.from({ length: count }, (_, index) => {
    const part = told.peaks.slice(Math.floor((index * told.peaks.length) / count), Math.max(Math.floor(((index + 1) * told.peaks.length) / count), 1 + Math.floor((index * told.peaks.length) / count)));
    const half = 1 + (17 * Math.max(0, ...part)) / 255;
    return `M${(index + 0.5) * 3} ${20 - half}v${2 * half}`;
  }).join("");
  const one = chosen.value;
  const x = (ms: number): number => (count * 3 * Math.min(ms, told.duration_ms)) / Math.max(1, told.duration_ms);
  const hear = (event: MouseEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const from = Math.round(((event.clientX - box.left) / box.width) * told.duration_ms);
    if (from < told.duration_ms) void play(item.sha256, Math.max(0, from), Math.min(told.duration_ms, from + AHEAD_MS));
  };
  return (
    <svg class="wave" viewBox={`0 0 ${count * 3} 40`} preserveAspectRatio="none" role="img" aria-label={t("accounts.wave", { length: timeCode(told.duration_ms) })} onClick={hear}>
      {one !== null && <rect class="wave-chosen" x={x(one.start_ms)} y="0" width={Math.max(1, x(one.end_ms) - x(one.start_ms))} height="40" />}
      <path class="wave-bars" d={bars} vector-effect="non-scaling-stroke" />
      <path class="wave-at" d={`M${x(at)} 0v40`} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
