/** Where the loupe looks, in pixels of the image. */
import { loupeAt } from "./look.ts";

export function PointReadout() {
  const at = loupeAt.value;
  return <output class="loupe-at">{at === null ? "" : `x ${at[0].toFixed(1)}  y ${at[1].toFixed(1)}`}</output>;
}
