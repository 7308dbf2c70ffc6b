/** Review before anything is shown to the world: what is hidden in each frame, and where a human must look. */
import { effect, signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api } from "../api.ts";
import { number, plain, t } from "../i18n/index.ts";
import { addAct, caseState, during, fail, forgotten, items, returned } from "../state.ts";
import { Button, Field, TextField, Told } from "../ui/parts.tsx";
import { boxesOf, frameAt, nudged, withBoxes, type Box, type Plan } from "./plan.ts";

/** The item under review; null: the work screen. */
export const redacting = signal<string | null>(null);
effect(() => {
  void forgotten.value;
  redacting.value = null;
});

export function RedactScreen({ item }: { item: string }) {
  const plan = useSignal<Plan | null>(null);
  const frame = useSignal(0);
  const box = useSignal<number | null>(null);
  const looked = useSignal<number[]>([]);
  /** Why no faces were looked for. */
  const withoutFaces = useSignal<string | null>(null);
  /** Whether no plan could be made at all. */
  const none = useSignal(false);
  const name = plain(items.value.find((one) => one.sha256 === item)?.name ?? "");
  useEffect(() => {
    void during(t("redact.finding"), (progress) => api.redactionPlan(item, { progress })).then((reply) => {
      if (reply === null) {
        none.value = true;
        return;
      }
      plan.value = reply.plan as Plan;
      withoutFaces.value = reply.without_faces ?? null;
    });
  }, [item]);

  const saver = useRef<ReturnType<typeof setTimeout> | null>(null);
  const keep = (next: Plan): void => {
    plan.value = next;
    if (saver.current !== null) clearTimeout(saver.current);
    saver.current = setTimeout(() => save(next), 500);
  };
  const lost = useRef<Plan | null>(null);
  const save = (next: Plan): void => {
    api.redactionSave(item, next).then(() => { lost.current = null; }, (error: unknown) => {
      lost.current = next;
      fail(error);
    });
  };
  useSignalEffect(() => {
    if (returned.value > 0 && lost.current !== null) save(lost.current);
  });
  const set = (boxes: Box[]): void => {
    if (plan.value !== null) keep(withBoxes(plan.value, frame.value, boxes));
  };
  const go = (to: number): void => {
    if (plan.value === null) return;
    frame.value = Math.max(0, Math.min(plan.value.frame_count - 1, to));
    box.value = null;
  };
  const stretch = (index: number): void => {
    const one = plan.value?.review[index];
    if (plan.value !== null && one !== undefined) go(frameAt(plan.value, one.from_s));
  };
  const next = (): void => {
    const open = (plan.value?.review ?? []).findIndex((_, index) => !looked.value.includes(index));
    if (open !== -1) stretch(open);
  };
  const mark = (): void => {
    const now = plan.value;
    if (now === null) return;
    const time = now.times_s[frame.value] ?? 0;
    const here = now.review.flatMap((one, index) => (time >= one.from_s - 0.05 && time <= one.to_s + 0.05 ? [index] : []));
    looked.value = [...new Set([...looked.value, ...here])];
    next();
  };
  const add = (): void => {
    const now = plan.value;
    if (now === null) return;
    const [w, h] = [now.width_px / 8, now.height_px / 8];
    const fresh: Box = [Math.round(now.width_px / 2 - w), Math.round(now.height_px / 2 - h), Math.round(now.width_px / 2 + w), Math.round(now.height_px / 2 + h)];
    const boxes = boxesOf(now, frame.value);
    set([...boxes, fresh]);
    box.value = boxes.length;
  };
  const stage = useRef<HTMLElement>(null);
  const ready = plan.value !== null;
  // The screen's keys work at once, and go on working when the box that had the focus is gone.
  useEffect(() => stage.current?.focus({ preventScroll: true }), [ready]);
  const remove = (index: number): void => {
    if (plan.value === null) return;
    requestAnimationFrame(() => {
      const covers = document.querySelectorAll<HTMLElement>(".cover");
      (covers[Math.min(index, covers.length - 1)] ?? stage.current)?.focus({ preventScroll: true });
    });
    set(boxesOf(plan.value, frame.value).filter((_, at) => at !== index));
    box.value = null;
  };
  const keys = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (target.closest("input, textarea, select") !== null || event.ctrlKey || event.metaKey) return;
    const acts: Record<string, () => void> = { n: next, a: add, r: mark, ",": () => go(frame.value - 1), ".": () => go(frame.value + 1), Escape: () => { redacting.value = null; } };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const now = plan.value;
  return (
    <div class="redact" onKeyDown={keys}>
      <header class="topbar">
        <h1 class="case-name">{t("redact.title", { name })}</h1>
        <span class="grow" />
        <Button onClick={() => { redacting.value = null; }}>{t("redact.back")}</Button>
      </header>
      {now === null ? <main id="main" class="redact-wait"><p role="status">{t(none.value ? "redact.none" : "redact.finding")}</p></main> : (
        <>
          <main id="main" class="redact-stage" ref={stage} tabIndex={-1}>
            <Stage item={item} plan={now} frame={frame.value} chosen={box.value} onChoose={(index) => { box.value = index; }} onChange={(index, next_) => set(boxesOf(now, frame.value).map((old, at) => (at === index ? next_ : old)))} onRemove={remove} />
            <div class="strip">
              {now.frame_count > 1 && <>
              <Button icon="prev" turn kind="quiet" bare onClick={() => go(frame.value - 1)} disabled={frame.value === 0}>{t("strip.back")}</Button>
              <Button icon="next" turn kind="quiet" bare onClick={() => go(frame.value + 1)} disabled={frame.value >= now.frame_count - 1}>{t("strip.on")}</Button>
              <input type="range" min={0} max={Math.max(0, now.frame_count - 1)} value={frame.value} aria-label={t("strip.frame")} onInput={(event) => go(Number(event.currentTarget.value))} />
              <output class="strip-at" dir="ltr">{number(frame.value)} / {number(now.frame_count - 1)} · {(now.times_s[frame.value] ?? 0).toFixed(3)} s</output>
              </>}
              <Button icon="add" onClick={add}>{t("redact.addBox")}</Button>
            </div>
            <p class="hint">{t("redact.keys")}</p>
          </main>
          <aside class="panel redact-side" aria-label={t("redact.side")}>
            <div class="panel-body" tabIndex={0}>
              <h2>{t("redact.unsure", { count: now.review.length - looked.value.length })}</h2>
              {withoutFaces.value !== null && <p class="warning"><Told>{withoutFaces.value}</Told></p>}
              <p class="hint">{t(now.frame_count > 1 ? "redact.what" : "redact.whatPhoto")}</p>
              <div class="form-acts">
                <Button kind="main" onClick={next} disabled={looked.value.length >= now.review.length}>{t("redact.next")}</Button>
                <Button onClick={mark} disabled={now.review.length === 0}>{t("redact.mark")}</Button>
              </div>
              <ol class="stretches">
                {now.review.map((one, index) => (
                  <li key={index} class={looked.value.includes(index) ? "looked" : ""}>
                    <button type="button" class="link" onClick={() => stretch(index)} dir="ltr">{one.from_s.toFixed(2)}–{one.to_s.toFixed(2)} s</button>{" "}
                    <Told>{one.why}</Told>{looked.value.includes(index) && <span class="soft"> {t("redact.looked")}</span>}
                  </li>
                ))}
              </ol>
              <BoxTable boxes={boxesOf(now, frame.value)} onChange={set} onRemove={remove} />
              <RedactExport item={item} plan={now} left={now.review.length - looked.value.length} />
            </div>
          </aside>
        </>
      )}
    </div>
  );
}

function Stage({ item, plan, frame, chosen, onChoose, onChange, onRemove }: {
  item: string; plan: Plan; frame: number; chosen: number | null;
  onChoose: (index: number) => void; onChange: (index: number, box: Box) => void; onRemove: (index: number) => void;
}) {
  const url = useSignal("");
  const field = useRef<HTMLDivElement>(null);
  const held = useRef<{ index: number; x: number; y: number; grow: boolean; box: Box } | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    let made = "";
    api
      .redactionFrame(item, frame, { signal: stop.signal })
      .then(({ blob }) => {
        made = URL.createObjectURL(blob);
        url.value = made;
      })
      .catch(fail);
    return () => {
      stop.abort();
      if (made !== "") URL.revokeObjectURL(made);
    };
  }, [item, frame]);
  const boxes = boxesOf(plan, frame);
  const down = (index: number, grow: boolean) => (event: PointerEvent): void => {
    const box = boxes[index];
    if (box === undefined) return;
    event.stopPropagation();
    onChoose(index);
    held.current = { index, x: event.clientX, y: event.clientY, grow, box };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    const now = held.current;
    const wide = field.current?.getBoundingClientRect().width ?? 0;
    if (now === null || wide === 0) return;
    const scale = plan.width_px / wide;
    onChange(now.index, nudged(now.box, Math.round((event.clientX - now.x) * scale), Math.round((event.clientY - now.y) * scale), now.grow, plan.width_px, plan.height_px));
  };
  const keys = (index: number, box: Box) => (event: KeyboardEvent): void => {
    const far = event.shiftKey ? 10 : 1;
    const step = ({ ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] } as Record<string, [number, number]>)[event.key];
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      return onRemove(index);
    }
    if (step === undefined) return;
    event.preventDefault();
    onChange(index, nudged(box, step[0], step[1], event.altKey, plan.width_px, plan.height_px));
  };
  const share = (value: number, whole: number): string => `${(100 * value) / whole}%`;
  return (
    <div class="redact-field" ref={field} dir="ltr" style={{ aspectRatio: `${plan.width_px} / ${plan.height_px}` }} onPointerMove={move} onPointerUp={() => { held.current = null; }}>
      {url.value !== "" && <img src={url.value} alt={t("redact.frame", { number: frame })} draggable={false} />}
      {boxes.map((box, index) => (
        <button
          key={index} type="button" class={chosen === index ? "cover chosen" : "cover"} aria-label={t("redact.box", { number: index + 1 })}
          style={{ left: share(box[0], plan.width_px), top: share(box[1], plan.height_px), width: share(box[2] - box[0], plan.width_px), height: share(box[3] - box[1], plan.height_px) }}
          onPointerDown={down(index, false)} onFocus={() => onChoose(index)} onKeyDown={keys(index, box)}
        >
          <span class="grip" onPointerDown={down(index, true)} />
        </button>
      ))}
    </div>
  );
}

/** The boxes of the frame as numbers: the picture's twin. */
function BoxTable({ boxes, onChange, onRemove }: { boxes: Box[]; onChange: (boxes: Box[]) => void; onRemove: (index: number) => void }) {
  if (boxes.length === 0) return <p class="empty">{t("redact.noBoxes")}</p>;
  const sides = ["left", "top", "right", "bottom"] as const;
  return (
    <table class="boxes">
      <caption>{t("redact.boxes")}</caption>
      <thead><tr><th scope="col">{t("redact.number")}</th>{sides.map((side) => <th scope="col" key={side}>{t(`redact.${side}`)}</th>)}<th scope="col"><span class="unseen">{t("remove")}</span></th></tr></thead>
      <tbody>
        {boxes.map((box, index) => (
          <tr key={index}>
            <th scope="row">{number(index + 1)}</th>
            {sides.map((side, at) => (
              <td key={side}>
                <input
                  type="number" dir="ltr" value={Math.round(box[at] ?? 0)} aria-label={t("redact.cell", { number: index + 1, side: t(`redact.${side}`) })}
                  onChange={(event) => {
                    const next = [...box] as Box;
                    next[at] = Number(event.currentTarget.value);
                    if (next[0] < next[2] && next[1] < next[3]) onChange(boxes.map((old, row) => (row === index ? next : old)));
                  }}
                />
              </td>
            ))}
            <td><Button icon="bin" kind="quiet" bare onClick={() => onRemove(index)}>{t("redact.remove", { number: index + 1 })}</Button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RedactExport({ item, plan, left }: { item: string; plan: Plan; left: number }) {
  const who = useSignal("");
  const out = useSignal("");
  const whole = useSignal(false);
  const written = useSignal<string[]>([]);
  useEffect(() => {
    const one = items.value.find((other) => other.sha256 === item);
    out.value = `${(caseState.value?.path ?? "").replace(/[\\/]+$/, "")}-redacted${one?.kind === "photo" ? ".png" : ".mp4"}`;
  }, [item]);
  const write = async (): Promise<void> => {
    written.value = [];
    await api.redactionSave(item, plan).catch(fail);
    const reply = await during(t("redact.writing"), (progress) => api.redactionExport({ item, plan, reviewed_by: who.value.trim(), out: out.value.trim() }, { progress }));
    if (reply === null) return;
    addAct(reply.act);
    written.value = reply.written;
  };
  return (
    <form class="redact-export" onSubmit={(event) => { event.preventDefault(); void write(); }}>
      <h2>{t("redact.export")}</h2>
      <TextField label={t("redact.who")} hint={t("redact.whoHint")} value={who.value} onValue={(value) => { who.value = value; }} />
      <TextField label={t("export.out")} value={out.value} onValue={(value) => { out.value = value; }} ltr />
      <Field label={t(plan.frame_count > 1 ? "redact.whole" : "redact.wholePhoto")}>{({ id }) => <input id={id} type="checkbox" checked={whole.value} onChange={(event) => { whole.value = event.currentTarget.checked; }} />}</Field>
      {left > 0 && <p class="warning">{t("redact.remaining", { count: left })}</p>}
      <Button type="submit" kind="main" disabled={who.value.trim() === "" || out.value.trim() === "" || !whole.value || left > 0}>{t("redact.go")}</Button>
      {written.value.length > 0 && <div role="status" class="written"><h3>{t("export.written")}</h3><ul>{written.value.map((path) => <li key={path}><code dir="ltr">{path}</code></li>)}</ul></div>}
    </form>
  );
}
