/** Review before anything is shown to the world: what is hidden in each frame, and where a human must look. */
import { effect, signal } from "@preact/signals";
import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { fixed, language, number, plain, t } from "../i18n/index.ts";
import { forgotten, items } from "../store/signals.ts";
import { useFocusInWork } from "../ui/hooks.ts";
import { Button, Said, Told } from "../ui/parts.tsx";
import { BoxTable } from "./box_table.tsx";
import { RedactExport } from "./export.tsx";
import { boxesOf, notLookedFor, type Plan } from "./plan.ts";
import { useReview, type Review } from "./review.ts";
import { Stage } from "./stage.tsx";

/** The item under review; null: the work screen. */
export const redacting = signal<string | null>(null);
effect(() => {
  void forgotten.value;
  redacting.value = null;
});
const leave = (): void => {
  redacting.value = null;
};

export function RedactScreen({ item }: { item: string }) {
  const review = useReview(item);
  const plan = review.plan.value;
  const stage = useRef<HTMLElement>(null);
  // The screen's keys work at once, and go on working when the box that had the focus is gone.
  // Before the paint, so that a key pressed at once is not lost.
  useLayoutEffect(() => stage.current?.focus({ preventScroll: true }), [plan !== null]);
  useFocusInWork(plan === null);
  const removed = useRef<number | null>(null);
  const remove = (index: number): void => {
    stage.current?.focus({ preventScroll: true }); // the box takes its focus with it, and a key pressed until then would be lost
    removed.current = index;
    review.removeBox(index);
  };
  useLayoutEffect(() => {
    if (removed.current !== null) focusBoxOr(stage, removed.current);
    removed.current = null;
  }, [plan]);
  return (
    <div class="redact" onKeyDown={(event) => pressKey(event, review)}>
      <header class="topbar">
        <h1 class="case-name">{t("redact.title", { name: plain(items.value.find((one) => one.sha256 === item)?.name ?? "") })}</h1>
        <span class="grow" />
        <Button onClick={leave}>{t("redact.back")}</Button>
      </header>
      {plan === null ? (
        <main id="main" class="redact-wait" tabIndex={-1}><p role="status">{t(review.none.value ? "redact.none" : "redact.finding")}</p></main>
      ) : (
        <>
          <main id="main" class="redact-stage" ref={stage} tabIndex={-1}>
            <Stage
              item={item} plan={plan} frame={review.frame.value} chosen={review.box.value}
              onChoose={(index) => { review.box.value = index; }} onChange={review.changeBox} onRemove={remove} onDraw={review.drawBox}
            />
            <Strip review={review} plan={plan} />
            <p class="hint">{t("redact.keys")}</p>
          </main>
          <Side review={review} plan={plan}>
            <BoxTable boxes={boxesOf(plan, review.frame.value)} onChange={review.setBoxes} onRemove={remove} />
            <RedactExport item={item} plan={plan} left={plan.review.length - review.looked.value.length} />
          </Side>
        </>
      )}
    </div>
  );
}

/** The focus goes to the box that took the place of a removed one, or to the stage. */
function focusBoxOr(stage: RefObject<HTMLElement | null>, index: number): void {
  const covers = document.querySelectorAll<HTMLElement>(".cover");
  const next = covers[Math.min(index, covers.length - 1)] ?? stage.current;
  next?.focus({ preventScroll: true });
}

function pressKey(event: KeyboardEvent, review: Review): void {
  const target = event.target as HTMLElement;
  if (target.closest("input, textarea, select") !== null || event.ctrlKey || event.metaKey) return;
  const acts: Record<string, () => void> = {
    n: review.next,
    a: review.addBox,
    r: review.mark,
    ",": () => review.go(review.frame.value - 1),
    ".": () => review.go(review.frame.value + 1),
    Escape: leave,
  };
  const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

/** Steps through the frames of a clip; a photo has only the button. */
function Strip({ review, plan }: { review: Review; plan: Plan }) {
  const frame = review.frame.value;
  const last = Math.max(0, plan.frame_count - 1);
  return (
    <div class="strip">
      {plan.frame_count > 1 && (
        <div class="steps grow" dir="ltr">
          <Button icon="prev" kind="quiet" bare onClick={() => review.go(frame - 1)} disabled={frame === 0}>{t("strip.back")}</Button>
          <Button icon="next" kind="quiet" bare onClick={() => review.go(frame + 1)} disabled={frame >= last}>{t("strip.on")}</Button>
          <input type="range" min={0} max={last} value={frame} aria-label={t("strip.frame")} onInput={(event) => review.go(Number(event.currentTarget.value))} />
          <output class="strip-at">{number(frame)} / {number(last)} · {t("unit.s", { value: fixed(plan.times_s[frame] ?? 0, 3) })}</output>
        </div>
      )}
      <Button icon="add" onClick={review.addBox}>{t("redact.addBox")}</Button>
    </div>
  );
}

/** What a human must look at, and what follows from it. */
function Side({ review, plan, children }: { review: Review; plan: Plan; children: ComponentChildren }) {
  const looked = review.looked.value;
  return (
    <aside class="panel redact-side" aria-label={t("redact.side")}>
      <div class="panel-body" tabIndex={0}>
        {notLookedFor(plan) ? (
          <>
            <h2>{t("footage.faces.notLooked")}</h2>
            <p class="warning">{t("footage.faces.draw")}</p>
            {review.withoutFaces.value !== null && <p class="hint">{language.value === "en" ? <Told>{review.withoutFaces.value}</Told> : t("footage.faces.noPart")}</p>}
            {plan.review.length > 0 && <p>{t("redact.unsure", { count: plan.review.length - looked.length })}</p>}
          </>
        ) : <h2>{t("redact.unsure", { count: plan.review.length - looked.length })}</h2>}
        <p class="hint">{t(plan.frame_count > 1 ? "redact.what" : "redact.whatPhoto")}</p>
        <div class="form-acts">
          <Button kind="main" onClick={review.next} disabled={looked.length >= plan.review.length}>{t("redact.next")}</Button>
          <Button onClick={review.mark} disabled={plan.review.length === 0}>{t("redact.mark")}</Button>
        </div>
        <ol class="stretches">
          {plan.review.map((one, index) => (
            <li key={index} class={looked.includes(index) ? "looked" : ""}>
              <button type="button" class="link" onClick={() => review.toStretch(index)} dir="ltr">{t("unit.s", { value: `${fixed(one.from_s, 2)}–${fixed(one.to_s, 2)}` })}</button>{" "}
              <Said text={one.why} told={review.told.value[index]} />{looked.includes(index) && <span class="soft"> {t("redact.looked")}</span>}
            </li>
          ))}
        </ol>
        {children}
      </div>
    </aside>
  );
}
