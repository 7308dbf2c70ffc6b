/** JSON with keys in order and nothing undefined: equal values are equal texts, whoever wrote them. */
export function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => (one === undefined ? "null" : stable(one))).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const pairs = Object.entries(value).filter(([, own]) => own !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([key, own]) => `${JSON.stringify(key)}:${stable(own)}`).join(",")}}`;
}
