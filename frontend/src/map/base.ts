/** The ground under the answer: coast, borders and names, from the server that runs beside the page. */
import { signal } from "@preact/signals";
import { api } from "../api.ts";
import { fail } from "../state.ts";
import type { Place } from "../types.ts";
import { linesOf, type Lines } from "./draw.ts";
import type { Box } from "./projection.ts";

export interface Base {
  coast: Lines[];
  borders: Lines[];
  land: Lines[];
  source: string;
}

export const base = signal<{ world?: Base; region?: Base }>({});
export const places = signal<Place[]>([]);
const asked = new Set<string>();

export function needBase(scale: "world" | "region"): void {
  if (asked.has(scale)) return;
  asked.add(scale);
  api
    .basemap(scale)
    .then((reply) => {
      base.value = { ...base.value, [scale]: { coast: linesOf(reply.coast), borders: linesOf(reply.borders), land: linesOf(reply.land), source: reply.source } };
    })
    .catch((error: unknown) => {
      asked.delete(scale);
      fail(error);
    });
}

let timer: ReturnType<typeof setTimeout> | null = null;
let asking: AbortController | null = null;

/** Names for what is seen, once the view rests. */
export function needPlaces(box: Box, limit: number): void {
  if (timer !== null) clearTimeout(timer);
  timer = setTimeout(() => {
    asking?.abort();
    asking = new AbortController();
    const wide = box.east - box.west >= 355;
    const fold = (lon: number): number => Math.round((((((lon + 180) % 360) + 360) % 360) - 180) * 1e4) / 1e4;
    const ask = { south: box.south, north: box.north, west: wide ? -180 : fold(box.west), east: wide ? 180 : fold(box.east), limit };
    api
      .places(ask, { signal: asking.signal })
      .then((reply) => {
        places.value = reply.places;
      })
      .catch((error: unknown) => {
        if (!(error instanceof DOMException)) fail(error);
      });
  }, 160);
}
