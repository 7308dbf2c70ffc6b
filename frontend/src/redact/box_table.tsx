import { number, t } from "../i18n/index.ts";
import { Button } from "../ui/parts.tsx";
import type { Box } from "./plan.ts";

/** The boxes of the frame as numbers: for keyboard and screen reader. */
export function BoxTable({ boxes, onChange, onRemove }: { boxes: Box[]; onChange: (boxes: Box[]) => void; onRemove: (index: number) => void }) {
  if (boxes.length === 0) return <p class="empty">{t("redact.noBoxes")}</p>;
  const sides = ["left", "top", "right", "bottom"] as const;
  return (
    <table class="boxes">
      <caption>{t("redact.boxes")}</caption>
      <thead><tr><th scope="col">{t("redact.number")}</th>{sides.map((side) => <th scope="col" key={side}>{t(`redact.${side}`)}</th>)}<th scope="col"><span class="unseen">{t("remove")}</span></th></tr></thead>
      <tbody>
        {boxes.map((box, index) => (
          <tr key={index}>
            <th scope="row">{number(index + 1)}</th>
            {sides.map((side, at) => (
              <td key={side}>
                <input
                  type="number" dir="ltr" value={Math.round(box[at] ?? 0)} aria-label={t("redact.cell", { number: index + 1, side: t(`redact.${side}`) })}
                  onChange={(event) => {
                    const next = [...box] as Box;
                    next[at] = Number(event.currentTarget.value);
                    if (next[0] < next[2] && next[1] < next[3]) onChange(boxes.map((old, row) => (row === index ? next : old)));
                  }}
                />
              </td>
            ))}
            <td><Button icon="bin" kind="quiet" bare onClick={() => onRemove(index)}>{t("redact.remove", { number: index + 1 })}</Button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
