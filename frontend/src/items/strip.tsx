import { effect, signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, Refused } from "../api.ts";
import { Entry } from "../frame/entry.tsx";
import { number, t } from "../i18n/index.ts";
import { fail, forgotten, inquiry, returned, selectedItem, selectFrame, selection } from "../state.ts";
import type { FrameList } from "../types.ts";
import { Button, Dialog } from "../ui/parts.tsx";

export const frameLists = signal<Record<string, FrameList>>({});
/** Clips whose frames could not be listed. */
const unread = signal<Record<string, boolean>>({});
const asked = new Set<string>();
effect(() => {
  void forgotten.value;
  asked.clear();
  frameLists.value = {};
  unread.value = {};
});

export function needFrames(sha: string): void {
  if (asked.has(sha)) return;
  asked.add(sha);
  api
    .frames(sha)
    .then((list) => {
      frameLists.value = { ...frameLists.value, [sha]: list };
    })
    .catch((error: unknown) => {
      asked.delete(sha);
      // Why a file can't be read stands where its picture would: once is enough.
      if (error instanceof Refused && error.code !== "gone") unread.value = { ...unread.value, [sha]: true };
      else fail(error);
    });
}

const seconds = (time: number | null | undefined): string => (time === null || time === undefined ? "" : `${time.toFixed(3)} s`);

/** The frame whose own time is nearest to a typed one. */
export function nearest(times: readonly (number | null)[], wanted: number): number {
  let best = 0;
  for (const [index, time] of times.entries()) if (Math.abs((time ?? 0) - wanted) < Math.abs((times[best] ?? 0) - wanted)) best = index;
  return best;
}

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
      <span class="strip-time"><Entry bare label={t("frame.time")} name="time" value={list.times_s[at] ?? 0} low={0} digits={3} onValue={(time) => { if (time !== null) go(nearest(list.times_s, time)); }} /></span>
      <output class="strip-at" dir="ltr">s · {number(at)} / {number(list.count - 1)}</output>
      <Button kind="quiet" onClick={() => { sheet.value = true; }}>{t("strip.sheet")}</Button>
      {sheet.value && <Sheet sha={item.sha256} onClose={() => { sheet.value = false; }} onChoose={(frame) => { go(frame); sheet.value = false; }} times={list.times_s} />}
    </div>
  );
}

function Sheet({ sha, times, onClose, onChoose }: { sha: string; times: (number | null)[]; onClose: () => void; onChoose: (frame: number) => void }) {
  const sheet = useSignal<{ url: string; numbers: number[]; columns: number } | null>(null);
  useEffect(() => {
    let url = "";
    const stop = new AbortController();
    api
      .sheet(sha, { signal: stop.signal })
      .then(({ blob, headers }) => {
        url = URL.createObjectURL(blob);
        sheet.value = { url, numbers: (headers.get("X-Numbers") ?? "").split(",").filter((part) => part !== "").map(Number), columns: Number(headers.get("X-Columns") ?? 1) };
      })
      .catch(fail);
    return () => {
      stop.abort();
      if (url !== "") URL.revokeObjectURL(url);
    };
  }, [sha]);
  const now = sheet.value;
  return (
    <Dialog title={t("strip.sheet")} onClose={onClose} wide>
      {now === null ? <p class="soft">{t("strip.reading")}</p> : (
        <div class="sheet">
          <img src={now.url} alt="" />
          <ol style={{ gridTemplateColumns: `repeat(${now.columns}, 1fr)` }} dir="ltr">
            {now.numbers.map((frame) => (
              <li key={frame}><button type="button" aria-label={t("strip.at", { number: frame, count: times.length, time: seconds(times[frame]) })} onClick={() => onChoose(frame)} /></li>
            ))}
          </ol>
        </div>
      )}
    </Dialog>
  );
}
