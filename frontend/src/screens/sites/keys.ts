/** The keys of the Sites screen: inside the table and the pictures only, so that single letters never surprise elsewhere. */
import { meant, modified } from "../../shell/key_table.ts";
import { asking, blink, laying, edge, read, readNext, step, stepFeature } from "./state.ts";
import { COULD, REASONS } from "./api.ts";

const choices = (): readonly string[] => (asking.value === "why" ? REASONS : asking.value === "could" ? COULD : []);

export function screenKeys(event: KeyboardEvent): void {
  if (modified(event)) return;
  if (!act(event, event.currentTarget as HTMLElement)) return;
  event.preventDefault();
  event.stopPropagation();
}

function act(event: KeyboardEvent, part: HTMLElement): boolean {
  if (asking.value !== null && answered(event.key)) return true;
  const swiping = laying.value === "swipe" && part.dataset["part"] === "pair";
  const found = meant("sites", event);
  const by = found === null ? 0 : 2 * found.at - 1;
  switch (found?.does) {
    case "seen": case "not-seen": case "could-not": void read(found.does); return true;
    // Time runs from left to right in every language.
    case "image": if (swiping) move(0.02 * by); else step(by); return true;
    case "feature": stepFeature(by); return true;
    case "blink": blink(); return true;
    case "next": readNext(); return true;
    default:
      if (event.key !== "Home" && event.key !== "End") return false;
      step(event.key === "Home" ? -1e6 : 1e6);
      return true;
  }
}

const move = (by: number): void => { edge.value = Math.max(0, Math.min(1, edge.value + by)); };

/** A half-made reading is finished by the number of its answer, or let go of by Escape. */
function answered(key: string): boolean {
  if (key === "Escape") {
    asking.value = null;
    return true;
  }
  const chosen = choices()[Number(key) - 1];
  if (chosen === undefined) return false;
  if (asking.value === "why") void read("could-not", { why: chosen });
  else void read("not-seen", { could: chosen });
  return true;
}
