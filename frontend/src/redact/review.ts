/** The review of one item: its plan, the frame looked at, what has been looked at, and saving each change. */
import { useSignal, useSignalEffect, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api } from "../api.ts";
import { t } from "../i18n/index.ts";
import type { Sentence } from "../i18n/said.ts";
import { nearest } from "../items/frames.ts";
import { Delay } from "../newest.ts";
import { during, fail } from "../store/notices.ts";
import { caseState, returned } from "../store/signals.ts";
import { boxesOf, withBoxes, type Box, type Plan } from "./plan.ts";

const SAVED_AFTER_MS = 500;
/** A stretch holds the frames this much [s] beyond its ends: times are rounded. */
const STRETCH_SLACK_S = 0.05;

export interface Review {
  /** Null until it is made; and if none could be made, which `none` says. */
  plan: Signal<Plan | null>;
  none: Signal<boolean>;
  /** Why no faces were looked for; null if they were. */
  withoutFaces: Signal<string | null>;
  /** Why each stretch is to be looked at, by code. */
  told: Signal<Sentence[][]>;
  frame: Signal<number>;
  /** The box chosen on the frame. */
  box: Signal<number | null>;
  /** Stretches to be looked at that have been, by index. */
  looked: Signal<number[]>;
  go: (frame: number) => void;
  toStretch: (index: number) => void;
  /** Goes to the next stretch that nobody has looked at. */
  next: () => void;
  /** Says that the stretches of this frame have been looked at. */
  mark: () => void;
  addBox: () => void;
  /** Takes a box that was drawn on the frame. */
  drawBox: (box: Box) => void;
  setBoxes: (boxes: Box[]) => void;
  changeBox: (index: number, box: Box) => void;
  removeBox: (index: number) => void;
}

export function useReview(item: string): Review {
  const plan = useSignal<Plan | null>(null);
  const none = useSignal(false);
  const withoutFaces = useSignal<string | null>(null);
  const told = useSignal<Sentence[][]>([]);
  const frame = useSignal(0);
  const box = useSignal<number | null>(null);
  const looked = useSignal<number[]>([]);
  const keep = useSaving(item);
  useEffect(() => {
    const asked = during(t("redact.finding"), async (progress) => {
      await saved;
      return api.redactionPlan(item, { progress });
    });
    void asked.then((reply) => {
      none.value = reply === null;
      if (reply === null) return;
      plan.value = reply.plan as Plan;
      withoutFaces.value = reply.without_faces ?? null;
      told.value = reply.review_told ?? [];
    });
  }, [item]);

  const setBoxes = (boxes: Box[]): void => {
    if (plan.value === null) return;
    plan.value = withBoxes(plan.value, frame.value, boxes);
    keep(plan.value);
  };
  const boxesHere = (): Box[] => (plan.value === null ? [] : boxesOf(plan.value, frame.value));
  const go = (to: number): void => {
    if (plan.value === null) return;
    frame.value = Math.max(0, Math.min(plan.value.frame_count - 1, to));
    box.value = null;
  };
  const toStretch = (index: number): void => {
    const stretch = plan.value?.review[index];
    if (plan.value !== null && stretch !== undefined) go(nearest(plan.value.times_s, stretch.from_s));
  };
  const next = (): void => {
    const open = (plan.value?.review ?? []).findIndex((_, index) => !looked.value.includes(index));
    if (open !== -1) toStretch(open);
  };
  const mark = (): void => {
    if (plan.value === null) return;
    looked.value = [...new Set([...looked.value, ...stretchesAt(plan.value, frame.value)])];
    next();
  };
  const drawBox = (fresh: Box): void => {
    const boxes = boxesHere();
    setBoxes([...boxes, fresh]);
    box.value = boxes.length;
  };
  const addBox = (): void => {
    if (plan.value !== null) drawBox(middleBox(plan.value));
  };
  const changeBox = (index: number, to: Box): void => setBoxes(boxesHere().map((old, at) => (at === index ? to : old)));
  const removeBox = (index: number): void => {
    setBoxes(boxesHere().filter((_, at) => at !== index));
    box.value = null;
  };
  return { plan, none, withoutFaces, told, frame, box, looked, go, toStretch, next, mark, addBox, drawBox, setBoxes, changeBox, removeBox };
}

/** Plans are saved one after the other; none is read before the last of them is. */
let saved: Promise<void> = Promise.resolve();

/** Returns what saves a plan soon, and when the review is left; one that could not be saved goes when the server is back. */
function useSaving(item: string): (plan: Plan) => void {
  const soon = useRef(new Delay(SAVED_AFTER_MS)).current;
  const waiting = useRef<Plan | null>(null);
  const save = (): void => {
    const plan = waiting.current;
    soon.stop();
    if (plan === null || caseState.peek() === null) return;
    waiting.current = null;
    saved = saved.then(() => api.redactionSave(item, plan)).then(() => undefined, (error: unknown) => {
      waiting.current ??= plan;
      fail(error);
    });
  };
  useSignalEffect(() => {
    if (returned.value > 0) save();
  });
  useEffect(() => save, []);
  return (plan) => {
    waiting.current = plan;
    soon.start(save);
  };
}

/** Which stretches to be looked at a frame lies in. */
function stretchesAt(plan: Plan, frame: number): number[] {
  const time_s = plan.times_s[frame] ?? 0;
  const found: number[] = [];
  for (const [index, { from_s, to_s }] of plan.review.entries()) {
    if (time_s >= from_s - STRETCH_SLACK_S && time_s <= to_s + STRETCH_SLACK_S) found.push(index);
  }
  return found;
}

/** A quarter of the frame wide and high, in its middle. */
function middleBox({ width_px, height_px }: Plan): Box {
  const [x, y, w, h] = [width_px / 2, height_px / 2, width_px / 8, height_px / 8];
  return [Math.round(x - w), Math.round(y - h), Math.round(x + w), Math.round(y + h)];
}
