/** The keys of the Sites screen: inside the table and the pictures only, so that single letters never surprise elsewhere. */
import { asking, blink, laying, edge, read, readNext, step, stepFeature } from "./state.ts";
import { COULD, REASONS } from "./api.ts";

const choices = (): readonly string[] => (asking.value === "why" ? REASONS : asking.value === "could" ? COULD : []);

export function screenKeys(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!act(event.key, event.currentTarget as HTMLElement)) return;
  event.preventDefault();
  event.stopPropagation();
}

function act(key: string, part: HTMLElement): boolean {
  if (asking.value !== null && answered(key)) return true;
  const swiping = laying.value === "swipe" && part.dataset["part"] === "pair";
  switch (key) {
    case "1": void read("seen"); return true;
    case "2": void read("not-seen"); return true;
    case "3": void read("could-not"); return true;
    // Time runs from left to right in every language.
    case "ArrowLeft": if (swiping) move(-0.02); else step(-1); return true;
    case "ArrowRight": if (swiping) move(0.02); else step(1); return true;
    case "Home": step(-1e6); return true;
    case "End": step(1e6); return true;
    case "ArrowUp": stepFeature(-1); return true;
    case "ArrowDown": stepFeature(1); return true;
    case " ": blink(); return true;
    case "n": case "N": readNext(); return true;
    default: return false;
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
