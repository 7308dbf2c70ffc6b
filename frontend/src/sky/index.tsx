/** The sky dome: where the sun stands, and a sun to drag; its shadow falls on the photo at once. */
import { useEffect, useRef } from "preact/hooks";
import { day as dayWords, number, t } from "../i18n/index.ts";
import { selection, trialSun } from "../store/signals.ts";
import { Button } from "../ui/parts.tsx";
import { Entry } from "../ui/entry.tsx";
import { useSize } from "../ui/hooks.ts";
import { numberFrom } from "../ui/entry_formats.ts";
import { fromDisc, onDisc, region, stepped, type Sun } from "./dome.ts";
import "./sky.css";
import { back, camera, chosenMinute, dateText, day, days, hold, holdInstant, keepAsClue, letGo, path, relative, shown, solved, startPath, told } from "./state.ts";

export function SkyDome() {
  useEffect(startPath, []);
  const held = trialSun.value !== null;
  return (
    <div class="sky">
      <Dome />
      <div class="sky-side">
        <Numbers />
        <Sliders />
        <p class="sky-words soft" role="status">{words()}</p>
        {held && (
          <div class="sky-acts">
            <Button kind="quiet" onClick={back}>{t("sky.back")}</Button>
            {trialSun.value?.relative === false && <Button kind="quiet" onClick={keepAsClue} title={t("sky.useHint")}>{t("sky.use")}</Button>}
          </div>
        )}
      </div>
    </div>
  );
}

function words(): string {
  const trial = trialSun.value;
  if (trial === null) return t("sky.drag");
  if (trial.elevation_deg <= 0) return t("sky.night");
  if (camera.value === null) return t("sky.noCamera");
  return !trial.relative && camera.value.heading_deg === null ? t("sky.noHeading") : "";
}

const points = (suns: readonly Sun[], radius: number): string => suns.map((sun) => onDisc(sun, radius).map((v) => v.toFixed(1)).join(" ")).join("L");

function Dome() {
  const [box, { width, height }] = useSize<HTMLDivElement>();
  const svg = useRef<SVGSVGElement>(null);
  const room = Math.max(Math.min(width, height), 120);
  const radius = room / 2 - 20;
  const sun = shown.value;
  const [x, y] = onDisc(sun, radius);
  const held = trialSun.value !== null;
  const at = (event: PointerEvent): Sun => {
    const frame = svg.current!.getBoundingClientRect();
    const share = room / frame.width;
    return fromDisc([(event.clientX - frame.left) * share - room / 2, (event.clientY - frame.top) * share - room / 2], radius);
  };
  const drag = (event: PointerEvent): void => {
    stamp(event.timeStamp);
    hold(at(event), true);
  };
  return (
    <div class="dome" ref={box} dir="ltr">
      <svg
        ref={svg} viewBox={`${-room / 2} ${-room / 2} ${room} ${room}`} width={room} height={room} role="group" aria-label={t("region.sun")}
        onPointerDown={(event) => { if (event.button === 0) { event.currentTarget.setPointerCapture(event.pointerId); drag(event); svg.current?.querySelector<SVGElement>(".sun")?.focus({ preventScroll: true }); event.preventDefault(); } }}
        onPointerMove={(event) => { if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(event); }}
        onPointerUp={letGo} onPointerCancel={letGo}
      >
        <circle r={radius} class="dome-sky" />
        {[30, 60].map((elevation) => <circle key={elevation} r={(radius * (90 - elevation)) / 90} class="dome-ring" />)}
        <path d={`M${-radius} 0H${radius}M0 ${-radius}V${radius}`} class="dome-ring" />
        {[30, 60].map((elevation) => <text key={elevation} x={3} y={(-radius * (90 - elevation)) / 90 - 2} class="dome-small">{elevation}°</text>)}
        <Compass radius={radius} />
        <CameraWedge radius={radius} />
        <Region radius={radius} />
        <Path radius={radius} />
        <g
          class={held ? "sun sun-held" : "sun"} transform={`translate(${x.toFixed(2)} ${y.toFixed(2)})`} tabindex={0} role="slider" aria-label={t("sky.name")}
          aria-valuemin={-2} aria-valuemax={90} aria-valuenow={Math.round(sun.elevationDeg * 10) / 10} aria-valuetext={sunWords(sun)} onKeyDown={keys}
        >
          <circle r={14} class="sun-reach" />
          <circle r={9} class="sun-rim" />
          <circle r={9} class="sun-ring" />
          <circle r={2.2} class="sun-disc" />
        </g>
      </svg>
    </div>
  );
}

/** The pointer's own time, for the latency that tests read. */
function stamp(timeMs: number): void {
  performance.clearMarks("noonmark-hold");
  performance.mark("noonmark-hold", { startTime: timeMs });
}

const sunWords = (sun: Sun): string =>
  t(relative.value ? "sky.sunNameRelative" : "sky.sunName", { elevation: number(sun.elevationDeg, 1), azimuth: number(signed(sun.azimuthDeg), 1) });
const signed = (azimuth: number): number => (relative.value ? ((azimuth + 540) % 360) - 180 : azimuth);

function keys(event: KeyboardEvent): void {
  const by = event.shiftKey ? 0.1 : event.altKey ? 10 : 1;
  const step = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] }[event.key];
  if (step !== undefined) {
    stamp(event.timeStamp);
    hold(stepped(shown.peek(), step[0]!, step[1]!), false);
  } else if (event.key === "Escape" && trialSun.peek() !== null) back();
  else return;
  event.preventDefault();
}

function Compass({ radius }: { radius: number }) {
  const names = relative.value ? [t("sky.ahead"), "90°", "180°", "−90°"] : [t("sky.north"), t("sky.east"), t("sky.south"), t("sky.west")];
  const out = radius + 11;
  return <>{names.map((name, k) => <text key={k} x={[0, out, 0, -out][k]} y={[-out, 0, out, 0][k]} class={k === 0 ? "dome-name dome-first" : "dome-name"}>{name}</text>)}</>;
}

/** What the camera sees of the sky: a wedge about its axis. */
function CameraWedge({ radius }: { radius: number }) {
  const now = camera.value;
  if (now === null || (!relative.value && now.heading_deg === null)) return null;
  const half = (Math.atan(now.width_px / 2 / now.focal_px) * 180) / Math.PI;
  const middle = relative.value ? 0 : (now.heading_deg ?? 0);
  const [a, b] = [onDisc({ azimuthDeg: middle - half, elevationDeg: 0 }, radius), onDisc({ azimuthDeg: middle + half, elevationDeg: 0 }, radius)];
  return <path d={`M0 0L${a.map((v) => v.toFixed(1)).join(" ")}A${radius} ${radius} 0 0 1 ${b.map((v) => v.toFixed(1)).join(" ")}Z`} class="dome-view" />;
}

function Region({ radius }: { radius: number }) {
  const found = solved.value;
  if (found === null) return null;
  if (found.anyAzimuth || found.covariance === null) {
    const [low, high] = [-1.96, 1.96].map((k) => (radius * (90 - Math.max(Math.min(found.sun.elevationDeg + k * found.sigma, 90), 0))) / 90);
    return <path d={`${ring(low!)}${ring(high!)}`} fill-rule="evenodd" class="dome-region"><title>{t("sky.region")}</title></path>;
  }
  const parts = (told.value?.clue?.["alternatives"] as { azimuth_deg?: number; relative_azimuth_deg?: number; elevation_deg: number; covariance_deg2: number[][] }[] | undefined) ?? [];
  const spots = parts.length > 0 ? parts.map((part) => region({ azimuthDeg: part.azimuth_deg ?? part.relative_azimuth_deg ?? 0, elevationDeg: part.elevation_deg }, part.covariance_deg2)) : [region(found.sun, found.covariance)];
  return <>{spots.map((spot, k) => <path key={k} d={`M${points(spot, radius)}Z`} class="dome-region"><title>{t("sky.region")}</title></path>)}</>;
}
const ring = (r: number): string => `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`;

/** The sun's way over the chosen place on the chosen day, with a dot for each hour. */
function Path({ radius }: { radius: number }) {
  if (relative.value || path.value.length === 0) return null;
  const up = path.value.filter(([, , elevation]) => elevation > -0.8);
  const runs: Sun[][] = [];
  let last = -Infinity;
  const gap = path.value.length > 1 ? path.value[1]![0] - path.value[0]![0] : 10;
  for (const [minute, azimuthDeg, elevationDeg] of up) {
    if (minute - last > gap * 1.5) runs.push([]);
    runs.at(-1)!.push({ azimuthDeg, elevationDeg });
    last = minute;
  }
  return (
    <>
      {runs.map((run, k) => <path key={k} d={`M${points(run, radius)}`} class="dome-path" />)}
      {up.filter(([minute]) => minute % 60 === 0).map(([minute, azimuthDeg, elevationDeg]) => {
        const [x, y] = onDisc({ azimuthDeg, elevationDeg }, radius);
        return <circle key={minute} cx={x} cy={y} r={minute % 180 === 0 ? 2.4 : 1.5} class="dome-hour" />;
      })}
    </>
  );
}

const ELEVATION = numberFrom(-2, 90, 2);
const AZIMUTH = numberFrom(-180, 360, 2);

function Numbers() {
  const sun = shown.value;
  const is = relative.value;
  const set = (part: Partial<Sun>): void => {
    hold({ ...shown.peek(), ...part }, false);
  };
  return (
    <div class="sky-numbers">
      <Entry of={ELEVATION} label={t("sky.elevation")} name="elevation" value={sun.elevationDeg} onValue={(value) => { if (value !== null) set({ elevationDeg: value }); }} />
      <Entry of={AZIMUTH} label={t(is ? "sky.relative" : "sky.azimuth")} name="azimuth" value={signed(sun.azimuthDeg)} onValue={(value) => { if (value !== null) set({ azimuthDeg: (value + 360) % 360 }); }} />
    </div>
  );
}

const clockOf = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

function Sliders() {
  const place = selection.value.place;
  if (place === null) return <p class="sky-words soft">{t("sky.needPlace")}</p>;
  const [first, last] = days.value;
  const [now, minute] = [Math.min(Math.max(day.value, first), last), chosenMinute.value];
  return (
    <div class="sky-sliders">
      <label><span>{t("sky.date")} <b>{dayWords(dateText(now))}</b></span>
        <input type="range" dir="ltr" min={first} max={last} step={1} value={now} aria-valuetext={dateText(now)} name="date" onInput={(event) => { stamp(event.timeStamp); holdInstant(Number(event.currentTarget.value), minute, true); }} onChange={letGo} />
      </label>
      <label><span>{t("sky.time")} <b dir="ltr">{clockOf(minute)}</b></span>
        <input type="range" dir="ltr" min={0} max={1435} step={5} value={minute} aria-valuetext={clockOf(minute)} name="time" onInput={(event) => { stamp(event.timeStamp); holdInstant(now, Number(event.currentTarget.value), true); }} onChange={letGo} />
      </label>
      <p class="soft sky-words">{t("sky.path", { place: `${place[0].toFixed(2)}, ${place[1].toFixed(2)}`, date: dateText(now) })}</p>
    </div>
  );
}
