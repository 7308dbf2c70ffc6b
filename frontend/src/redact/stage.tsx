import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { api } from "../api.ts";
import { t } from "../i18n/index.ts";
import { usePicture } from "../ui/picture.ts";
import { boxesOf, drawnBox, nudged, type Box, type Plan } from "./plan.ts";

/** The frame with what hides its parts: boxes to move, to stretch by their corner, and to take away. */
export function Stage({ item, plan, frame, chosen, onChoose, onChange, onRemove, onDraw }: {
  item: string; plan: Plan; frame: number; chosen: number | null;
  onChoose: (index: number) => void; onChange: (index: number, box: Box) => void; onRemove: (index: number) => void; onDraw: (box: Box) => void;
}) {
  const picture = usePicture((options) => api.redactionFrame(item, frame, options), [item, frame]).value;
  const field = useRef<HTMLDivElement>(null);
  const held = useRef<{ index: number; x: number; y: number; grow: boolean; box: Box } | null>(null);
  const drawing = useSignal<{ from: [number, number]; box: Box | null } | null>(null);
  const boxes = boxesOf(plan, frame);
  const pixelAt = (event: PointerEvent): [number, number] => {
    const at = field.current!.getBoundingClientRect();
    return [((event.clientX - at.left) / at.width) * plan.width_px, ((event.clientY - at.top) / at.height) * plan.height_px];
  };
  const begin = (event: PointerEvent): void => {
    if (event.button !== 0 || (event.target as Element).closest(".cover") !== null) return;
    event.preventDefault(); // else the browser would drag the picture
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    drawing.value = { from: pixelAt(event), box: null };
  };
  const end = (): void => {
    held.current = null;
    const drawn = drawing.value?.box ?? null;
    drawing.value = null;
    if (drawn !== null) onDraw(drawn);
  };
  const down = (index: number, grow: boolean) => (event: PointerEvent): void => {
    const box = boxes[index];
    if (box === undefined) return;
    event.stopPropagation();
    onChoose(index);
    held.current = { index, x: event.clientX, y: event.clientY, grow, box };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    if (drawing.value !== null) {
      const { from } = drawing.value;
      drawing.value = { from, box: drawnBox(from, pixelAt(event), plan.width_px, plan.height_px) };
      return;
    }
    const now = held.current;
    const wide = field.current?.getBoundingClientRect().width ?? 0;
    if (now === null || wide === 0) return;
    const scale = plan.width_px / wide;
    onChange(now.index, nudged(now.box, Math.round((event.clientX - now.x) * scale), Math.round((event.clientY - now.y) * scale), now.grow, plan.width_px, plan.height_px));
  };
  const keys = (index: number, box: Box) => (event: KeyboardEvent): void => {
    const far = event.shiftKey ? 10 : 1;
    const step = ({ ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] } as Record<string, [number, number]>)[event.key];
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      return onRemove(index);
    }
    if (step === undefined) return;
    event.preventDefault();
    onChange(index, nudged(box, step[0], step[1], event.altKey, plan.width_px, plan.height_px));
  };
  const share = (value: number, whole: number): string => `${(100 * value) / whole}%`;
  const placed = (box: Box): Record<string, string> => ({
    left: share(box[0], plan.width_px), top: share(box[1], plan.height_px), width: share(box[2] - box[0], plan.width_px), height: share(box[3] - box[1], plan.height_px),
  });
  return (
    <div class="redact-field" ref={field} dir="ltr" style={{ aspectRatio: `${plan.width_px} / ${plan.height_px}` }} onPointerDown={begin} onPointerMove={move} onPointerUp={end} onPointerCancel={end}>
      {picture !== null && <img src={picture.url} alt={t("redact.frame", { number: frame })} draggable={false} />}
      {boxes.map((box, index) => (
        <button
          key={index} type="button" class={chosen === index ? "cover chosen" : "cover"} aria-label={t("redact.box", { number: index + 1 })}
          style={placed(box)}
          onPointerDown={down(index, false)} onFocus={() => onChoose(index)} onKeyDown={keys(index, box)}
        >
          <span class="grip" onPointerDown={down(index, true)} />
        </button>
      ))}
      {drawing.value?.box != null && <span class="cover drawing" style={placed(drawing.value.box)} />}
    </div>
  );
}
