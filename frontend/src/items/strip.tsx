import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api.ts";
import { number, t } from "../i18n/index.ts";
import { inquiry, returned, selectedItem, selectFrame, selection } from "../store/signals.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Entry } from "../ui/entry.tsx";
import { Button } from "../ui/parts.tsx";
import { usePicture, type ShownPicture } from "../ui/picture.ts";
import { numberFrom } from "../ui/entry_formats.ts";
import { frameLists, nearest, needFrames, unread } from "./frames.ts";

const seconds = (time: number | null | undefined): string => (time === null || time === undefined ? "" : `${time.toFixed(3)} s`);

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
  const at = selection.value.frame;
  const go = (to: number): void => selectFrame(item.sha256, Math.max(0, Math.min(list.count - 1, to)));
  const marked = Object.values(inquiry.value.frames).filter((frame) => frame.item === item.sha256 && frame.marks.mark.length > 0).map((frame) => frame.number);
  return (
    <div class="strip" role="group" aria-label={t("strip.name")}>
      <Button icon="prev" turn kind="quiet" bare onClick={() => go(at - 1)} disabled={at <= 0}>{t("strip.back")}</Button>
      <Button icon="next" turn kind="quiet" bare onClick={() => go(at + 1)} disabled={at >= list.count - 1}>{t("strip.on")}</Button>
      <input
        type="range" min={0} max={list.count - 1} step={1} value={at} aria-label={t("strip.frame")}
        aria-valuetext={t("strip.at", { number: at, count: list.count, time: seconds(list.times_s[at]) })}
        onInput={(event) => go(Number(event.currentTarget.value))} list="strip-marked"
      />
      <datalist id="strip-marked">{marked.map((value) => <option key={value} value={value} />)}</datalist>
      <span class="strip-time"><Entry of={CLIP_TIME} look="bare" label={t("frame.time")} name="time" value={list.times_s[at] ?? 0} onValue={(time) => { if (time !== null) go(nearest(list.times_s, time)); }} /></span>
      <output class="strip-at" dir="ltr">s · {number(at)} / {number(list.count - 1)}</output>
      <Button kind="quiet" onClick={() => { sheet.value = true; }}>{t("strip.sheet")}</Button>
      {sheet.value && <ContactSheet sha={item.sha256} onClose={() => { sheet.value = false; }} onChoose={(frame) => { go(frame); sheet.value = false; }} times={list.times_s} />}
    </div>
  );
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
