import { useRef } from "preact/hooks";
import { api } from "../api.ts";
import { t } from "../i18n/index.ts";
import { usePicture } from "../ui/picture.ts";
import { boxesOf, nudged, type Box, type Plan } from "./plan.ts";

/** The frame with what hides its parts: boxes to move, to stretch by their corner, and to take away. */
export function Stage({ item, plan, frame, chosen, onChoose, onChange, onRemove }: {
  item: string; plan: Plan; frame: number; chosen: number | null;
  onChoose: (index: number) => void; onChange: (index: number, box: Box) => void; onRemove: (index: number) => void;
}) {
  const picture = usePicture((options) => api.redactionFrame(item, frame, options), [item, frame]).value;
  const field = useRef<HTMLDivElement>(null);
  const held = useRef<{ index: number; x: number; y: number; grow: boolean; box: Box } | null>(null);
  const boxes = boxesOf(plan, frame);
  const down = (index: number, grow: boolean) => (event: PointerEvent): void => {
    const box = boxes[index];
    if (box === undefined) return;
    event.stopPropagation();
    onChoose(index);
    held.current = { index, x: event.clientX, y: event.clientY, grow, box };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
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
  return (
    <div class="redact-field" ref={field} dir="ltr" style={{ aspectRatio: `${plan.width_px} / ${plan.height_px}` }} onPointerMove={move} onPointerUp={() => { held.current = null; }}>
      {picture !== null && <img src={picture.url} alt={t("redact.frame", { number: frame })} draggable={false} />}
      {boxes.map((box, index) => (
        <button
          key={index} type="button" class={chosen === index ? "cover chosen" : "cover"} aria-label={t("redact.box", { number: index + 1 })}
          style={{ left: share(box[0], plan.width_px), top: share(box[1], plan.height_px), width: share(box[2] - box[0], plan.width_px), height: share(box[3] - box[1], plan.height_px) }}
          onPointerDown={down(index, false)} onFocus={() => onChoose(index)} onKeyDown={keys(index, box)}
        >
          <span class="grip" onPointerDown={down(index, true)} />
        </button>
      ))}
    </div>
  );
}
