/** The question's TOML as text: tables are added at its end, so that nothing that was typed is touched. */

const text = (value: string): string => JSON.stringify(value);
const number = (value: number): string => String(value);

export interface NewLandmark {
  kind: string;
  /** The thing that its distance counts from; "" for the first landmark. */
  from: string;
  least_m: number | null;
  most_m: number | null;
  bearing_deg: number | null;
  bearing_sigma_deg: number | null;
}

/** An id that is not taken: the kind's first word, with a number where it stands already. */
export function freeId(kind: string, taken: readonly string[]): string {
  const stem = kind.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "thing";
  for (let n = 1; ; n++) {
    const id = n === 1 ? stem : `${stem}-${n}`;
    if (!taken.includes(id)) return id;
  }
}

export function withLandmark(before: string, id: string, one: NewLandmark): string {
  const lines = ["[[thing]]", `id = ${text(id)}`, `is = ${text(one.kind)}`];
  if (one.from !== "") {
    lines.push("", "[[pair]]", `of = [${text(one.from)}, ${text(id)}]`);
    if (one.most_m !== null) lines.push(`distance_m = [${number(one.least_m ?? 0)}, ${number(one.most_m)}]`);
    if (one.bearing_deg !== null) lines.push(`bearing_deg = ${number(one.bearing_deg)}`, `bearing_sigma_deg = ${number(one.bearing_sigma_deg ?? 15)}`);
  }
  const rest = before.trimEnd();
  return `${rest === "" ? "" : `${rest}\n\n`}${lines.join("\n")}\n`;
}

export interface Box { south: number; west: number; north: number; east: number }

/** The text with an area to search in; one that stands there is replaced, and nothing else is touched. */
export function withArea(before: string, box: Box | null): string {
  const lines = before.split("\n");
  const start = lines.findIndex((line) => /^\s*\[search\]\s*(#.*)?$/.test(line));
  const area = box === null ? [] : [`area = { ${Object.entries(box).map(([key, value]) => `${key} = ${value.toFixed(5)}`).join(", ")} }`];
  if (start < 0) return box === null ? before : `[search]\n${area[0]}\n\n${before.trimStart()}`;
  const next = lines.findIndex((line, at) => at > start && /^\s*\[/.test(line));
  const end = next < 0 ? lines.length : next;
  const kept = lines.slice(start + 1, end).filter((line) => !/^\s*area\s*=/.test(line));
  return [...lines.slice(0, start + 1), ...area, ...kept, ...lines.slice(end)].join("\n");
}
