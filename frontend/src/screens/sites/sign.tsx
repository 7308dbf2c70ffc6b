/** What was read, as a shape: seen filled, not seen a ring, could not see hatched, readers who differ a diamond. */
import type { COULD, SightState } from "./api.ts";

/** `rule`: where nothing was read, what rules say of whether it could be seen; a dashed square for no, a question mark for doubtful. */
export function StateSign({ state, rule }: { state: SightState | undefined; rule?: (typeof COULD)[number] | undefined }) {
  return (
    <svg class={`sign sign-${state ?? "unread"}`} viewBox="0 0 18 18" aria-hidden="true" focusable="false">
      {state === "seen" && <circle cx="9" cy="9" r="5.5" fill="currentColor" stroke="currentColor" stroke-width="2" />}
      {state === "not-seen" && <circle cx="9" cy="9" r="5.5" fill="none" stroke="currentColor" stroke-width="2" />}
      {state === "could-not" && <path class="sign-hatch" d="M2.500 2.500h13v13h-13zM2.500 9l6.500-6.500M2.500 15.500l13-13M9 15.500l6.500-6.500" fill="none" stroke-width="1.300" />}
      {state === "open" && <path d="M9 2l7 7-7 7-7-7zM9 5.500v4M9 11.500v.2" fill="none" stroke="var(--bad)" stroke-width="1.700" />}
      {state === undefined && rule === "no" && <path d="M4 4h10v10H4z" fill="none" stroke="var(--soft)" stroke-width="1.300" stroke-dasharray="2.500 2" />}
      {state === undefined && rule === "doubtful" && <path d="M6.500 7a2.500 2.500 0 1 1 3.600 2.200c-.800.400-1.100.900-1.100 1.800M9 13.200v.300" fill="none" stroke="var(--soft)" stroke-width="1.500" stroke-linecap="round" />}
      {state === undefined && rule !== "no" && rule !== "doubtful" && <path d="M6 9h6" stroke="var(--soft)" stroke-width="1.500" />}
    </svg>
  );
}
