import { useEffect, useRef } from "preact/hooks";
import { api } from "../api.ts";
import { plain, t } from "../i18n/index.ts";
import { items, selectedItem, selection } from "../store/signals.ts";
import { Entry } from "../ui/entry.tsx";
import { numberFrom } from "../ui/entry_formats.ts";
import { Button, Choice } from "../ui/parts.tsx";
import { usePicture } from "../ui/picture.ts";
import { atTime, clockText } from "./clock.ts";
import { frameLists, needFrames } from "./frames.ts";
import { layBeside, pair, setOffset, type Pair } from "./pair.ts";
import { pause, playing, shownBeside } from "./player.ts";

const OFFSET = numberFrom(-1e6, 1e6, 6);

/** The clip beside the one on the stage, at the same time of one clock. */
export function Beside() {
  const now = pair.value;
  const item = selectedItem.value;
  if (now === null || item === null || item.kind !== "video") return null;
  return <BesideClip now={now} item={item.sha256} />;
}

function BesideClip({ now, item }: { now: Pair; item: string }) {
  useEffect(() => needFrames(now.item), [now.item]);
  const [own, other] = [frameLists.value[item], frameLists.value[now.item]];
  const time_s = playing.value?.item === item ? playing.value.time_s : (own?.times_s[selection.value.frame] ?? 0);
  const frame = other === undefined ? 0 : atTime(other.times_s, time_s + now.offset_s);
  // Only this clip moves: its next frame then lies at the moment of the frame on the stage.
  const step = (by: number): void => {
    const to = other?.times_s[Math.max(0, Math.min((other?.count ?? 1) - 1, frame + by))];
    if (to === null || to === undefined) return;
    pause();
    setOffset(item, to - time_s);
  };
  const clips = items.value.filter((one) => one.kind === "video" && one.sha256 !== item);
  return (
    <section class="beside" aria-label={t("footage.pair.name")}>
      <div class="beside-head">
        <Choice label={t("footage.pair.clip")} value={now.item} options={clips.map((one) => ({ value: one.sha256, label: plain(one.name) }))} onValue={(sha) => layBeside(item, sha)} />
        <Button icon="close" kind="quiet" bare onClick={() => { pair.value = null; }}>{t("footage.pair.close")}</Button>
      </div>
      <div class="beside-picture" dir="ltr">
        {playing.value === null ? <Still item={now.item} frame={frame} ready={other !== undefined} /> : <Moving />}
      </div>
      <div class="beside-foot">
        <Button kind="quiet" onClick={() => step(-1)}>{t("footage.pair.back")}</Button>
        <Button kind="quiet" onClick={() => step(1)}>{t("footage.pair.on")}</Button>
        <output dir="ltr" data-frame={frame}>{clockText(other?.times_s[frame])}</output>
        <Entry of={OFFSET} label={t("footage.pair.ahead")} name="offset" value={now.offset_s} onValue={(value) => { if (value !== null) setOffset(item, value); }} />
      </div>
    </section>
  );
}

function Still({ item, frame, ready }: { item: string; frame: number; ready: boolean }) {
  const picture = usePicture((options) => api.framePicture(item, ready ? frame : 0, 960, options), [item, ready ? frame : 0]).value;
  return picture === null ? <p class="soft" role="status">{t("footage.decoding")}</p> : <img src={picture.url} alt={t("strip.frame")} />;
}

function Moving() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const now = shownBeside.value;
  useEffect(() => {
    if (canvas.current === null || now === null || now.bitmap.width === 0) return;
    Object.assign(canvas.current, { width: now.bitmap.width, height: now.bitmap.height });
    canvas.current.getContext("2d")?.drawImage(now.bitmap, 0, 0);
  }, [now]);
  return <canvas ref={canvas} aria-hidden="true" />;
}
