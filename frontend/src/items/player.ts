/**
 * Playing a clip: pixels that the server decodes (never the file itself), asked for in runs ahead of the clock. A frame is never skipped
 * unsaid: where decoding is slower than the clip, the clock waits. What stands still is the exact frame at full size.
 */
import { batch, effect, signal } from "@preact/signals";
import { api } from "../api.ts";
import { fail } from "../store/notices.ts";
import { forgotten, selectFrame, selection } from "../store/signals.ts";
import { atTime } from "./clock.ts";
import { frameLists } from "./frames.ts";
import { pair } from "./pair.ts";

/** The frame on screen while its clip plays. */
export interface Shown {
  item: string;
  number: number;
  bitmap: ImageBitmap;
}
export const shown = signal<Shown | null>(null);
/** The same of the clip beside it. */
export const shownBeside = signal<Shown | null>(null);
/** The item that plays, and where its clock stands [s]; null: nothing plays. */
export const playing = signal<{ item: string; time_s: number; waits: boolean } | null>(null);
forgotten.subscribe(() => stop());

const RUN = 24;
/** The first run is short, so that a clip plays soon. */
const FIRST_RUN = 8;
const AHEAD_S = 1.5;
const PLAYED_PX = 640;

interface Held {
  number: number;
  bitmap: ImageBitmap;
}

/** The frames of one clip ahead of a clock. */
class Buffer {
  private readonly held: Held[] = [];
  private next: number;
  private coming = false;
  private readonly stopper = new AbortController();

  constructor(private readonly item: string, private readonly times: readonly (number | null)[], first: number) {
    this.next = first;
  }

  /** Asks for what is needed until so long after a time. */
  want(time_s: number): void {
    const last = this.held.at(-1)?.number;
    const until = last === undefined ? -Infinity : (this.times[last] ?? Infinity);
    if (this.coming || this.next >= this.times.length || until > time_s + AHEAD_S) return;
    this.coming = true;
    api.run(this.item, this.next, last === undefined ? FIRST_RUN : RUN, PLAYED_PX, { signal: this.stopper.signal })
      .then(async ({ numbers, width_px, height_px, pixels }) => {
        const size = width_px * height_px;
        for (const [index, number] of numbers.entries()) {
          const bitmap = await createImageBitmap(imageOf(pixels.subarray(3 * size * index, 3 * size * (index + 1)), width_px, height_px));
          if (this.stopper.signal.aborted) return bitmap.close();
          this.held.push({ number, bitmap });
        }
        this.next = Math.max(this.next, (numbers.at(-1) ?? this.next) + 1);
        this.coming = false;
      })
      .catch((error: unknown) => {
        if (this.stopper.signal.aborted) return;
        fail(error);
        stop();
      });
  }

  /** The frame at a time: null while it is not here. Those before it are let go of. */
  at(time_s: number): Held | null {
    const number = atTime(this.times, time_s);
    while (this.held.length > 1 && this.held[1]!.number <= number) this.held.shift()!.bitmap.close();
    const first = this.held[0];
    return first !== undefined && first.number <= number && (first.number === number || this.held.length > 1 || this.next >= this.times.length) ? first : null;
  }

  /** Lets go of all frames but the one that still stands on the screen. */
  close(but: ImageBitmap | null = null): void {
    this.stopper.abort();
    for (const { bitmap } of this.held) if (bitmap !== but) bitmap.close();
    this.held.length = 0;
  }

  /** Whether the clip shows anything at a time. */
  covers(time_s: number): boolean {
    return time_s >= (this.times[0] ?? 0) && time_s <= (this.times.at(-1) ?? 0);
  }
}

/** Three bytes a pixel as the picture of a canvas. */
function imageOf(rgb: Uint8Array, width: number, height: number): ImageData {
  const image = new ImageData(width, height);
  const to = image.data;
  for (let from = 0, at = 0; from + 2 < rgb.length; from += 3, at += 4) {
    to[at] = rgb[from]!;
    to[at + 1] = rgb[from + 1]!;
    to[at + 2] = rgb[from + 2]!;
    to[at + 3] = 255;
  }
  return image;
}

interface Playing {
  buffer: Buffer;
  item: string;
  times: readonly (number | null)[];
  frame: number;
  beside: { buffer: Buffer; item: string; offset_s: number } | null;
}
let run: Playing | null = null;

/** Plays a clip from one of its frames on, and the clip beside it on the same clock. */
export function play(item: string, from: number): void {
  stop();
  const list = frameLists.peek()[item];
  if (list === undefined || list.count < 2) return;
  const first = from >= list.count - 1 ? 0 : from;
  const time_s = list.times_s[first] ?? 0;
  run = { buffer: new Buffer(item, list.times_s, first), item, times: list.times_s, frame: first, beside: besideFrom(time_s) };
  playing.value = { item, time_s, waits: true };
  let before = performance.now();
  const step = (now: number): void => {
    const [own, clock] = [run, playing.peek()];
    if (own === null || clock === null || own.item !== item) return;
    tick(own, clock.time_s, clock.waits ? 0 : (now - before) / 1000);
    before = now;
    if (run !== null) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function besideFrom(time_s: number): Playing["beside"] {
  const now = pair.peek();
  const list = now === null ? undefined : frameLists.peek()[now.item];
  if (now === null || list === undefined || list.count < 2) return null;
  return { buffer: new Buffer(now.item, list.times_s, atTime(list.times_s, time_s + now.offset_s)), item: now.item, offset_s: now.offset_s };
}

function tick(own: Playing, time_s: number, passed_s: number): void {
  const end = own.times.at(-1) ?? 0;
  const wanted = Math.min(time_s + passed_s, end);
  const { beside } = own;
  own.buffer.want(wanted);
  beside?.buffer.want(wanted + beside.offset_s);
  const found = own.buffer.at(wanted);
  const other = beside?.buffer.at(wanted + beside.offset_s) ?? null;
  const lacks = beside !== null && other === null && beside.buffer.covers(wanted + beside.offset_s);
  if (found === null || lacks) {
    playing.value = { item: own.item, time_s, waits: true };
    return;
  }
  own.frame = found.number;
  batch(() => {
    if (shown.peek()?.bitmap !== found.bitmap) shown.value = { item: own.item, ...found };
    if (beside !== null && other !== null && shownBeside.peek()?.bitmap !== other.bitmap) shownBeside.value = { item: beside.item, ...other };
    playing.value = { item: own.item, time_s: wanted, waits: false };
  });
  if (wanted >= end) pause();
}

/** Stands still on the frame that was on screen; it stays there until it has come at full size (`settled`). */
export function pause(): void {
  const own = run;
  if (own === null) return;
  run = null;
  own.buffer.close(shown.peek()?.bitmap ?? null);
  own.beside?.buffer.close();
  batch(() => {
    playing.value = null;
    shownBeside.value = null;
    selectFrame(own.item, own.frame);
  });
}

/** An exact frame is on the stage: what was played is let go of. */
export function settled(): void {
  const last = shown.peek();
  if (run !== null || last === null) return;
  shown.value = null;
  last.bitmap.close();
}

function stop(): void {
  run?.buffer.close();
  run?.beside?.buffer.close();
  run = null;
  batch(() => {
    shown.value = null;
    shownBeside.value = null;
    playing.value = null;
  });
}

// Another clip on the stage ends what plays.
effect(() => {
  const { item } = selection.value;
  if (run !== null && item !== run.item) stop();
});

export const toggle = (item: string, from: number): void => (playing.peek()?.item === item ? pause() : play(item, from));
