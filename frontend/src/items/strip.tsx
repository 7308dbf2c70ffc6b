import { useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api.ts";
import { fixed, number, t } from "../i18n/index.ts";
import { inquiry, items, returned, selectedItem, selectFrame, selection } from "../store/signals.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Entry } from "../ui/entry.tsx";
import { Button } from "../ui/parts.tsx";
import { usePicture, type ShownPicture } from "../ui/picture.ts";
import { numberFrom } from "../ui/entry_formats.ts";
import type { FrameList } from "../types.ts";
import { atTime, FINE_FRAMES, fineSpan } from "./clock.ts";
import { frameLists, nearest, needFrames, unread } from "./frames.ts";
import { layBeside, pair } from "./pair.ts";
import { pause, playing, toggle } from "./player.ts";
import { heard, silent, soundOn, turnSound } from "./sound.ts";

const seconds = (time: number | null | undefined): string => (time === null || time === undefined ? "" : t("unit.s", { value: fixed(time, 3) }));

/** The time of a frame, from the clip's start [s]. */
const CLIP_TIME = numberFrom(0, Infinity, 3);

/** Steps through a clip by its frames' own times. A photo has no strip. */
export function FrameStrip() {
  const item = selectedItem.value;
  const sheet = useSignal(false);
  useEffect(() => {
    if (item?.kind === "video") needFrames(item.sha256);
  }, [item?.sha256, returned.value]);
  if (item === null || item.kind !== "video" || unread.value[item.sha256] === true) return null;
  const list = frameLists.value[item.sha256];
  if (list === undefined) return <div class="strip" aria-busy="true"><p class="soft">{t("strip.reading")}</p></div>;
  return <Strip item={item.sha256} list={list} sheet={sheet} />;
}

function Strip({ item, list, sheet }: { item: string; list: FrameList; sheet: Signal<boolean> }) {
  const now = playing.value?.item === item ? playing.value : null;
  const at = now === null ? selection.value.frame : atTime(list.times_s, now.time_s);
  const last = list.count - 1;
  const go = (to: number): void => {
    pause();
    selectFrame(item, Math.max(0, Math.min(last, to)));
  };
  const marked = Object.values(inquiry.value.frames).filter((frame) => frame.item === item && frame.marks.mark.length > 0).map((frame) => frame.number);
  const others = items.value.filter((one) => one.kind === "video" && one.sha256 !== item);
  const said = t("strip.at", { number: at, count: list.count, time: seconds(list.times_s[at]) });
  const [first, end] = fineSpan(at, list.count);
  return (
    <div class="strip strip-player" role="group" aria-label={t("strip.name")}>
      <Button kind="quiet" aria-keyshortcuts="Space" onClick={() => toggle(item, at)}>{t(now === null ? "footage.play" : "footage.pause")}</Button>
      <div class="steps" dir="ltr">
        <Button icon="prev" kind="quiet" bare onClick={() => go(at - 1)} disabled={at <= 0}>{t("strip.back")}</Button>
        <Button icon="next" kind="quiet" bare onClick={() => go(at + 1)} disabled={at >= last}>{t("strip.on")}</Button>
      </div>
      <div class="strip-sliders" dir="ltr">
        <input type="range" class="strip-whole" min={0} max={last} step={1} value={at} aria-label={t("strip.frame")} aria-valuetext={said} onInput={(event) => go(Number(event.currentTarget.value))} list="strip-marked" />
        {list.count > 2 * FINE_FRAMES && (
          <input type="range" class="strip-fine" min={first} max={end} step={1} value={at} aria-label={t("footage.fine")} aria-valuetext={said} onInput={(event) => go(Number(event.currentTarget.value))} />
        )}
      </div>
      <datalist id="strip-marked">{marked.map((value) => <option key={value} value={value} />)}</datalist>
      <span class="strip-time"><Entry of={CLIP_TIME} look="bare" label={t("frame.time")} name="time" value={list.times_s[at] ?? 0} onValue={(time) => { if (time !== null) go(nearest(list.times_s, time)); }} /></span>
      <output class="strip-at" dir="ltr">s · {number(at)} / {number(last)}</output>
      {now?.waits === true && <span class="soft" role="status">{t("footage.waits")}</span>}
      <SoundButton item={item} />
      {others.length > 0 && pair.value === null && <Button kind="quiet" onClick={() => layBeside(item, others[0]!.sha256)}>{t("footage.pair.open")}</Button>}
      <Button kind="quiet" onClick={() => { sheet.value = true; }}>{t("strip.sheet")}</Button>
      {sheet.value && <ContactSheet sha={item} onClose={() => { sheet.value = false; }} onChoose={(frame) => { go(frame); sheet.value = false; }} times={list.times_s} />}
    </div>
  );
}

/** Sound is off until it is asked for; of a clip without sound that is said once it is known. */
function SoundButton({ item }: { item: string }) {
  if (silent.value[item] === true) return <span class="soft strip-silent">{t("footage.silent")}</span>;
  return <Button kind="quiet" aria-pressed={soundOn.value} data-heard={heard.value ? "" : undefined} onClick={() => turnSound(!soundOn.value)}>{t("footage.sound")}</Button>;
}

function ContactSheet({ sha, times, onClose, onChoose }: { sha: string; times: (number | null)[]; onClose: () => void; onChoose: (frame: number) => void }) {
  const picture = usePicture((options) => api.sheet(sha, options), [sha]).value;
  return (
    <Dialog title={t("strip.sheet")} onClose={onClose} wide>
      {picture === null ? <p class="soft">{t("strip.reading")}</p> : <SheetPicture picture={picture} times={times} onChoose={onChoose} />}
    </Dialog>
  );
}

function SheetPicture({ picture: { url, headers }, times, onChoose }: { picture: ShownPicture; times: (number | null)[]; onChoose: (frame: number) => void }) {
  const frames = (headers.get("X-Numbers") ?? "").split(",").filter((part) => part !== "").map(Number);
  const columns = Number(headers.get("X-Columns") ?? 1);
  return (
    <div class="sheet">
      <img src={url} alt="" />
      <ol style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }} dir="ltr">
        {frames.map((frame) => {
          const name = t("strip.at", { number: frame, count: times.length, time: seconds(times[frame]) });
          return <li key={frame}><button type="button" aria-label={name} onClick={() => onChoose(frame)} /></li>;
        })}
      </ol>
    </div>
  );
}
