/** What evidence says, as a shape and a word: it must read in grey and without the picture. */
import { t } from "../../i18n/index.ts";
import type { Stance } from "./api.ts";

const shapes: Record<Stance, { fill: string; line: string }> = {
  supports: { fill: "M9 1.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z", line: "M9 5v8M5 9h8" },
  contradicts: { fill: "M9 1l8 8-8 8-8-8z", line: "M5.5 9h7" },
  strains: { fill: "", line: "M9 1.5 17 16.5H1zM9 6.5v4.5M9 13.3v.4" },
  cannot_be_tested: { fill: "", line: "M2 2h14v14H2zM2 9l7-7M2 16 16 2M9 16l7-7" },
  consistent: { fill: "", line: "M9 1.75a7.25 7.25 0 1 0 0 14.5 7.25 7.25 0 0 0 0-14.5zM5.5 9h7" },
  does_not_bear: { fill: "", line: "M6 9h6" },
};

export function Sign({ stance }: { stance: Stance }) {
  const { fill, line } = shapes[stance];
  return (
    <svg class={`sign sign-${stance}`} viewBox="0 0 18 18" aria-hidden="true" focusable="false">
      {fill !== "" && <path class="sign-fill" d={fill} />}
      <path class="sign-line" d={line} />
    </svg>
  );
}

export const stanceWord = (stance: Stance): string => t(`claims.stance.${stance}`);
