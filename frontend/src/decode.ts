/** Grids as they come over the wire, as typed arrays. */
import type { AnswerMap, Calendar, Grid, WireCalendar, WireGrid, WireMap } from "./types.ts";

export function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

const floats = (base64: string): Float32Array => new Float32Array(bytes(base64).buffer);

export const grid = (wire: WireGrid): Grid => ({ ...wire, values: floats(wire.values), level: bytes(wire.level) });

export const answerMap = (wire: WireMap): AnswerMap => ({
  world: grid(wire.world),
  region: wire.region === null ? null : grid(wire.region),
  contours: wire.contours,
  modes: wire.modes ?? [],
});

export const calendar = (wire: WireCalendar): Calendar => ({ ...wire, values: floats(wire.values), level: bytes(wire.level) });
