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
