/**
 * The sound of the clip that plays, silent until it is asked for. The server decodes it in pieces of plain samples, timed as the frames are;
 * the clock of the frames leads: where it waits the sound stops, and where the two differ the sound is put right.
 */
import { effect, signal } from "@preact/signals";
import { picture, query, Refused } from "../api.ts";
import { fail } from "../store/notices.ts";
import { forgotten } from "../store/signals.ts";
import { playing } from "./player.ts";

export const soundOn = signal(false);
/** Clips that have no sound, once that is known. */
export const silent = signal<Record<string, boolean>>({});
/** Whether something is heard just now. */
export const heard = signal(false);

const PIECE_S = 10;
/** So far the sound may be from the frames before it is put right: less than one sees on lips. */
const OFF_S = 0.08;

let context: AudioContext | null = null;
let of: string | null = null;
/** Pieces by their number; null while they are on their way, and where there is nothing in them. */
let pieces = new Map<number, AudioBuffer | null>();
let sources = new Map<number, AudioBufferSourceNode>();
/** The time of the clip [s] that is heard at a time of the context [s]. */
let tied: { clip_s: number; heard_s: number } | null = null;

effect(() => {
  const now = playing.value;
  if (!soundOn.value || now === null || context === null) return quiet();
  if (of !== now.item) forget(now.item);
  if (now.waits || silent.value[now.item] === true) return quiet();
  const at = Math.floor(Math.max(0, now.time_s) / PIECE_S);
  need(now.item, at);
  need(now.item, at + 1);
  if (tied !== null && Math.abs(tied.clip_s + context.currentTime - tied.heard_s - now.time_s) > OFF_S) quiet();
  tied ??= { clip_s: now.time_s, heard_s: context.currentTime };
  for (const number of [at, at + 1]) start(number, context, tied);
});
forgotten.subscribe(() => {
  quiet();
  forget(null);
  silent.value = {};
});

/** Lets the sound be heard, or not; a browser wants a click for it. */
export function turnSound(on: boolean): void {
  if (on) {
    context ??= new AudioContext();
    void context.resume();
  }
  soundOn.value = on;
}

function quiet(): void {
  for (const source of sources.values()) {
    source.stop();
    source.disconnect();
  }
  sources = new Map();
  tied = null;
  heard.value = false;
}

function forget(item: string | null): void {
  quiet();
  pieces = new Map();
  of = item;
}

function need(item: string, number: number): void {
  if (pieces.has(number)) return;
  const held = pieces;
  held.set(number, null);
  const span = query({ from: 1000 * PIECE_S * number, to: 1000 * PIECE_S * (number + 1) });
  picture(`/api/items/${item}/sound${span}`)
    .then(async ({ blob }) => {
      const found = await context?.decodeAudioData(await blob.arrayBuffer()).catch(() => null); // a piece past the end is empty
      if (found !== undefined) held.set(number, found);
    })
    .catch((error: unknown) => {
      if (held !== pieces) return;
      if (error instanceof Refused && error.code === "no-sound") silent.value = { ...silent.peek(), [item]: true };
      else {
        soundOn.value = false;
        fail(error);
      }
    });
}

/** Starts a piece when its time comes, or within it. */
function start(number: number, to: AudioContext, tie: { clip_s: number; heard_s: number }): void {
  const buffer = pieces.get(number);
  if (buffer == null || sources.has(number)) return;
  const begins_s = tie.heard_s + PIECE_S * number - tie.clip_s;
  const late_s = Math.max(0, to.currentTime - begins_s);
  if (late_s >= buffer.duration) return;
  const source = to.createBufferSource();
  source.buffer = buffer;
  source.connect(to.destination);
  source.start(Math.max(begins_s, to.currentTime), late_s);
  sources.set(number, source);
  heard.value = true;
}
