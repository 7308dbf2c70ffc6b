/** The worker: a clue document in, a coarse map and calendar out. It touches nothing but its own messages. */
import type { ClueDocument } from "../types.ts";
import { coarse, type Coarse } from "./coarse.ts";
import { sceneOf } from "./scene.ts";

export interface Ask {
  readonly id: number;
  readonly document: ClueDocument;
}
export interface Told {
  readonly id: number;
  readonly found: Coarse | null;
}

const scope = self as unknown as { onmessage: ((event: MessageEvent<Ask>) => void) | null; postMessage: (told: Told, move: Transferable[]) => void };

scope.onmessage = ({ data }) => {
  const scene = sceneOf(data.document);
  const found = scene === null ? null : coarse(scene);
  const move: Transferable[] = [];
  for (const part of found === null ? [] : [found.map, found.calendar]) {
    if (part !== null) move.push(part.values.buffer as ArrayBuffer, part.level.buffer as ArrayBuffer);
  }
  scope.postMessage({ id: data.id, found }, move);
};

// The first questions of a fresh worker take five times as long as later ones, until their code is compiled: these are for nobody.
const WARM: ClueDocument = {
  prior: { not_before: "2022-08-15T00:00:00Z", not_after: "2022-10-30T00:00:00Z", area: { south: 25, west: -30, north: 65, east: 40 } },
  clue: [{ kind: "sun_direction", azimuth_deg: 220, elevation_deg: 35, azimuth_sigma_deg: 1, elevation_sigma_deg: 1 }, { kind: "clock", time: "14:40:00", sigma_s: 120, zone: "UTC" }],
};
const warm = (times: number): void => {
  const scene = sceneOf(WARM);
  if (scene !== null) coarse(scene);
  if (times > 1) setTimeout(() => warm(times - 1), 20);
};
setTimeout(() => warm(12), 500);
