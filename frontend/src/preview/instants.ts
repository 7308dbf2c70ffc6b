/** The map where the scene's start is known: every clue is asked at its instant. */
import { Sight, byOffset, type Cells } from "./cells.ts";
import { HERMITE } from "./numbers.ts";
import type { Scene } from "./scene.ts";
import { DEG, subsolar } from "./sun.ts";

/** Add to `log` what clues say of every cell at one instant. */
function addInstant(cells: Cells, sight: Sight, unixS: number, log: Float64Array): void {
  const sun = subsolar(unixS);
  const [sinDec, cosDec] = [Math.sin(sun.decDeg * DEG), Math.cos(sun.decDeg * DEG)];
  const sine = cells.lon.map((lon) => Math.sin((lon + sun.ghaDeg) * DEG));
  const cosine = cells.lon.map((lon) => Math.cos((lon + sun.ghaDeg) * DEG));
  for (let i = 0; i < cells.rows; i += 1) {
    const [sinLat, cosLat] = [Math.sin(cells.lat[i]! * DEG), Math.cos(cells.lat[i]! * DEG)];
    for (let j = 0, at = i * cells.columns; j < cells.columns; j += 1, at += 1) {
      log[at]! += sight.log(sinLat, cosLat, sinDec, cosDec, sine[j]!, cosine[j]!);
    }
  }
}

/** What clues of known instants say, an instant's own error averaged over. */
export function fixedLog(scene: Scene, cells: Cells, log: Float64Array): void {
  for (const [clue, atS, sigmaS] of scene.fixed) {
    const sight = new Sight([clue], false);
    if (sigmaS === 0) addInstant(cells, sight, atS, log);
    else averageInto(log, HERMITE.map(([x, weight]) => [weight, (out: Float64Array) => addInstant(cells, sight, atS + sigmaS * x, out)] as const));
  }
}

function averageInto(log: Float64Array, parts: readonly (readonly [number, (out: Float64Array) => void])[]): void {
  const values = parts.map(([weight, fill]) => {
    const out = new Float64Array(log.length).fill(Math.log(weight));
    fill(out);
    return out;
  });
  for (let at = 0; at < log.length; at += 1) {
    let most = -Infinity;
    for (const value of values) most = Math.max(most, value[at]!);
    let sum = 0;
    for (const value of values) sum += Math.exp(value[at]! - most);
    log[at]! += most + Math.log(sum);
  }
}

/** ln density of each cell where the scene's start is known, up to a clock's error. */
export function instantLog(scene: Scene, cells: Cells): Float64Array {
  const log = new Float64Array(cells.rows * cells.columns);
  const groups = byOffset(scene);
  const at = (startS: number) => (out: Float64Array) => {
    for (const [offset, sight] of groups) addInstant(cells, sight, startS + offset, out);
  };
  if (scene.clockSigmaS === 0) at(scene.startS)(log);
  else {
    const middle = 0.5 * (scene.startS + scene.endS);
    averageInto(log, HERMITE.map(([x, weight]) => [weight, at(middle + scene.clockSigmaS * x)] as const));
  }
  fixedLog(scene, cells, log);
  return log;
}
