/** The ground under the answer: coast, borders and names, from the server that runs beside the page. */
import { signal } from "@preact/signals";
import { api } from "../api.ts";
import { afterWaited } from "../items/looking.ts";
import { Delay, Newest } from "../newest.ts";
import { fail } from "../store/notices.ts";
import type { GeoBox, Place } from "../types.ts";
import { linesOf, type Lines } from "./draw.ts";

export interface Base {
  coast: Lines[];
  borders: Lines[];
  land: Lines[];
  source: string;
}

export const base = signal<{ world?: Base; region?: Base }>({});
export const places = signal<Place[]>([]);
const asked = new Set<string>();

/** Asks for coast and borders once a map is shown and nobody waits for a picture any more. */
export function needBase(scale: "world" | "region"): void {
  if (asked.has(scale)) return;
  asked.add(scale);
  afterWaited()
    .then(() => api.basemap(scale))
    .then((reply) => {
      base.value = { ...base.value, [scale]: { coast: linesOf(reply.coast), borders: linesOf(reply.borders), land: linesOf(reply.land), source: reply.source } };
    })
    .catch((error: unknown) => {
      asked.delete(scale);
      fail(error);
    });
}

const rest = new Delay(160);
const asking = new Newest();

/** The box with its west in [-180, 180); its east lies past 180 where it crosses the antimeridian. */
export function folded({ south, west, north, east }: GeoBox): GeoBox {
  if (east - west >= 355) return { south, west: -180, north, east: 180 };
  const from = ((((west + 180) % 360) + 360) % 360) - 180;
  const rounded = (lon: number): number => Math.round(lon * 1e4) / 1e4;
  return { south, west: rounded(from), north, east: rounded(from + east - west) };
}

/** Names for what is seen, once the view rests. */
export function needPlaces(box: GeoBox, limit: number): void {
  rest.start(() => {
    const ask = { ...folded(box), limit };
    const asked = { signal: asking.begin() };
    afterWaited()
      .then(() => api.places(ask, asked))
      .then((reply) => {
        places.value = reply.places;
      })
      .catch((error: unknown) => {
        if (!(error instanceof DOMException)) fail(error);
      });
  });
}
