/** Hearing a recording by pieces: the server decodes and encodes anew, so nothing that a stranger encoded is played. */
import { signal } from "@preact/signals";
import { picture } from "../../api.ts";
import { fail } from "../../store/notices.ts";
import { accounts } from "./api.ts";

/** The piece that is heard, and where it is [ms]. */
export const playing = signal<{ from: number; to: number; at: number } | null>(null);
export const waiting = signal(false);

let context: AudioContext | null = null;
let source: AudioBufferSourceNode | null = null;
let started = 0;
let asked = 0;

export function stop(): void {
  asked += 1;
  waiting.value = false;
  playing.value = null;
  source?.stop();
  source?.disconnect();
  source = null;
}

export async function play(sha: string, from: number, to: number): Promise<void> {
  stop();
  const mine = asked;
  waiting.value = true;
  try {
    context ??= new AudioContext();
    await context.resume();
    const sound = await context.decodeAudioData(await (await picture(accounts.sound(sha, from, to))).blob.arrayBuffer());
    if (mine !== asked) return;
    source = context.createBufferSource();
    source.buffer = sound;
    source.connect(context.destination);
    source.onended = () => {
      if (mine === asked) stop();
    };
    started = context.currentTime;
    source.start();
    playing.value = { from, to, at: from };
    requestAnimationFrame(() => follow(mine));
  } catch (error) {
    fail(error);
  } finally {
    if (mine === asked) waiting.value = false;
  }
}

function follow(mine: number): void {
  const now = playing.peek();
  if (mine !== asked || now === null || context === null) return;
  playing.value = { ...now, at: Math.min(now.to, now.from + 1000 * (context.currentTime - started)) };
  requestAnimationFrame(() => follow(mine));
}
