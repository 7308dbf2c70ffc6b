/** Eight times the pixels around the cursor or the focused mark, as squares. */
import { computed, effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Point } from "../types.ts";
import { circle, colourOf, paintPhoto, stroke } from "./paint.ts";
import { piecesIn } from "./picture.ts";
import { handles, sigmaOf } from "./points.ts";
import { PointReadout } from "./readout.tsx";
import { loupeAt, picture, stageSize, view } from "./look.ts";
import { chosenParts } from "./ninths.ts";
import { active, marks } from "./store.ts";
import { deviceOf, toView, type StageView } from "./view.ts";

export const LOUPE_SCALE = 8;
export const LOUPE_PX = 168;
const SMALL_PX = 120;

/** Smaller where the stage is small; always eight times. */
const sizePx = computed(() => (stageSize.value.width < 560 || stageSize.value.height < 400 ? SMALL_PX : LOUPE_PX));

function draw(canvas: HTMLCanvasElement): void {
  const [frame, at, size] = [picture.value, loupeAt.value, sizePx.value];
  const device = deviceOf({ width: size, height: size }, window.devicePixelRatio);
  if (canvas.width !== device.width) canvas.width = device.width;
  if (canvas.height !== device.height) canvas.height = device.height;
  const context = canvas.getContext("2d");
  if (context === null || frame === null || frame.bitmap.width === 0 || at === null) return;
  context.setTransform(device.ratio, 0, 0, device.ratio, 0, 0);
  const half = size / 2;
  const near: StageView = { scale: LOUPE_SCALE, x: half - at[0] * LOUPE_SCALE, y: half - at[1] * LOUPE_SCALE };
  const reach = half / LOUPE_SCALE;
  const pieces = piecesIn(frame, { x: at[0] - reach, y: at[1] - reach, w: 2 * reach, h: 2 * reach }, () => draw(canvas));
  paintPhoto(context, frame, pieces, near, { width: size, height: size }, "#22282b");
  for (const mark of marks.value) {
    for (const handle of handles(mark)) {
      const put = toView(near, handle.at);
      if (put[0] < -20 || put[1] < -20 || put[0] > size + 20 || put[1] > size + 20) continue;
      stroke(context, circle(put, Math.max(sigmaOf(mark, handle.path) * LOUPE_SCALE, 3)), { colour: colourOf(mark), width: 1.4, closed: true });
    }
  }
  // A hair cross that leaves the middle pixel free.
  const arms: [Point, Point][] = [[[0, half], [half - 9, half]], [[half + 9, half], [size, half]], [[half, 0], [half, half - 9]], [[half, half + 9], [half, size]]];
  for (const arm of arms) stroke(context, arm, { colour: "#ffffff", width: 0.8, alpha: 0.9 });
}

export function Loupe() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => effect(() => {
    void [picture.value, loupeAt.value, marks.value, active.value, sizePx.value];
    if (canvas.current !== null) draw(canvas.current);
  }), []);
  const at = loupeAt.value;
  // The nine parts look closer themselves, and none of them may be hidden.
  const shown = at !== null && picture.value !== null && chosenParts.value.length === 0;
  const place = shown ? toView(view.value, at) : [0, 0];
  const { width } = stageSize.value;
  const size = sizePx.value;
  const crowded = place[0]! > width - size - 40 && place[1]! < size + 60;
  return (
    <div class={`loupe${crowded ? " loupe-away" : ""}${size === SMALL_PX ? " loupe-small" : ""}`} hidden={!shown} aria-hidden="true">
      <canvas ref={canvas} />
      <PointReadout />
    </div>
  );
}
