/** How a clause came out, as a shape: a tick, waves for a near miss, hatched where the map has nothing, a barred diamond for a contradiction. */
import type { ClauseState } from "./api.ts";

export function ClauseSign({ state }: { state: ClauseState }) {
  return (
    <svg class="sign" viewBox="0 0 18 18" aria-hidden="true" focusable="false">
      {state === "holds" && <path d="M3 9.500l4 4 8-9" fill="none" stroke="var(--good)" stroke-width="2.400" />}
      {state === "near miss" && <path d="M2 7q3.500-4 7 0t7 0M2 12q3.500-4 7 0t7 0" fill="none" stroke="var(--warn)" stroke-width="1.800" />}
      {state === "contradicted" && <><path d="M9 1.500L16.500 9 9 16.500 1.500 9z" fill="var(--bad)" /><path d="M5.500 9h7" stroke="var(--card)" stroke-width="2" /></>}
      {(state === "not mapped" || state === "unknown") && <path class="sign-hatch" d="M2.500 2.500h13v13h-13zM2.500 9l6.500-6.500M2.500 15.500l13-13M9 15.500l6.500-6.500" fill="none" stroke-width="1.300" />}
    </svg>
  );
}
