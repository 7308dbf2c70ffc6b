/** Small pictures of items, two at a time, dropped when the case is closed. */
import { effect, signal } from "@preact/signals";
import { api, Refused } from "../api.ts";
import { forgotten } from "../store/signals.ts";
import { afterWaited } from "./looking.ts";

export const thumbs = signal<Record<string, string | null>>({});
const wanted: string[] = [];
const known = new Set<string>();
let running = 0;

export function wantThumb(sha: string): void {
  if (known.has(sha)) return;
  known.add(sha);
  wanted.push(sha);
  next();
}

function next(): void {
  const sha = running < 2 ? wanted.shift() : undefined;
  if (sha === undefined) return;
  running += 1;
  afterWaited()
    .then(() => api.framePicture(sha, 0, 160))
    .then(({ blob }) => {
      if (known.has(sha)) thumbs.value = { ...thumbs.value, [sha]: URL.createObjectURL(blob) };
    })
    .catch((error: unknown) => {
      if (!known.has(sha)) return;
      if (error instanceof Refused && error.code === "gone") known.delete(sha);
      thumbs.value = { ...thumbs.value, [sha]: null };
    })
    .finally(() => {
      running -= 1;
      next();
    });
}

effect(() => {
  void forgotten.value;
  for (const url of Object.values(thumbs.peek())) if (url !== null) URL.revokeObjectURL(url);
  known.clear();
  wanted.length = 0;
  thumbs.value = {};
});
