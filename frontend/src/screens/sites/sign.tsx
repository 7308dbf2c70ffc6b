/** What was read, as a shape: seen filled, not seen a ring, could not see hatched, readers who differ a diamond. */
import type { SightState } from "./api.ts";

export function StateSign({ state }: { state: SightState | undefined }) {
  return (
    <svg class={`sign sign-${state ?? "unread"}`} viewBox="0 0 18 18" aria-hidden="true" focusable="false">
      {state === "seen" && <circle cx="9" cy="9" r="5.5" fill="currentColor" stroke="currentColor" stroke-width="2" />}
      {state === "not-seen" && <circle cx="9" cy="9" r="5.5" fill="none" stroke="currentColor" stroke-width="2" />}
      {state === "could-not" && <path class="sign-hatch" d="M2.500 2.500h13v13h-13zM2.500 9l6.500-6.500M2.500 15.500l13-13M9 15.500l6.500-6.500" fill="none" stroke-width="1.300" />}
      {state === "open" && <path d="M9 2l7 7-7 7-7-7zM9 5.500v4M9 11.500v.2" fill="none" stroke="var(--bad)" stroke-width="1.700" />}
      {state === undefined && <path d="M6 9h6" stroke="var(--soft)" stroke-width="1.500" />}
    </svg>
  );
}
