/** What the solution leaves unexplained at each point, in sigmas. */
import { formOf, type Path } from "./points.ts";
import { marks, reply } from "./store.ts";

export const grade = (sigma: number): "good" | "warn" | "bad" => (sigma < 2 ? "good" : sigma < 3 ? "warn" : "bad");

/** The residual [sigma] that the solution leaves at a point, where it names one. */
export function residualOf(index: number, path: Path): number | null {
  const told = reply.value?.marks.find((mark) => mark.index === index);
  if (told === undefined) return null;
  const mark = marks.value[index];
  const own = told.residual_sigma[path.replace(/_px$/, "")];
  if (own !== undefined) return own;
  if (mark !== undefined && formOf(mark) === "post") return null;
  const values = Object.values(told.residual_sigma);
  return values.length === 0 ? null : Math.max(...values);
}
