/** The clue schema of Python as fields of a form, and back: text in, values out, nothing lost that the form does not show. */
import { signal } from "@preact/signals";
import { api } from "../api.ts";
import { fail } from "../store/notices.ts";
import type { Clue, Json } from "../types.ts";
import { clock, date, endTime, time, zone } from "../ui/entry_formats.ts";
import { numberReadings } from "../ui/typed_numbers.ts";
import { plainSigns } from "../ui/typed_words.ts";
import { first } from "./kinds.ts";

export type FieldKind = "number" | "numbers" | "choice" | "flag" | "time" | "end" | "date" | "clock" | "zone" | "text" | "area" | "places" | "json";

export interface FieldSpec {
  name: string;
  kind: FieldKind;
  needed: boolean;
  shown: boolean;
  options: string[];
  least?: number;
  above?: number;
  most?: number;
}

type Table = { [key: string]: Json };
const table = (value: Json | undefined): Table => (typeof value === "object" && value !== null && !Array.isArray(value) ? value : {});

export const clueSchema = signal<Table | null>(null);
let asked = false;

export function needSchema(): void {
  if (asked) return;
  asked = true;
  api
    .schema("clues")
    .then((reply) => {
      clueSchema.value = table(reply["schema"] ?? reply);
    })
    .catch((error: unknown) => {
      asked = false;
      fail(error);
    });
}

/** Fields that hold an instant. */
const TIMES: ReadonlySet<string> = new Set(["at", "not_before"]);

function kindOf(name: string, spec: Table): FieldKind {
  if (name === "area") return "area";
  if (name === "places") return "places";
  if (Array.isArray(spec["enum"])) return "choice";
  if (spec["type"] === "boolean") return "flag";
  if (spec["type"] === "number" || spec["type"] === "integer") return "number";
  if (spec["type"] === "array") return table(spec["items"])["type"] === "number" ? "numbers" : "json";
  if (spec["type"] === "object") return "json";
  if (name === "not_after") return "end";
  if (name === "time") return "clock";
  if (name === "zone") return "zone";
  if (name === "date" || spec["format"] === "date") return "date";
  return TIMES.has(name) || spec["format"] === "date-time" ? "time" : "text";
}

export function fieldsOf(kind: string, schema: Table | null): FieldSpec[] {
  const spec = table(table(schema?.["$defs"])[kind]);
  const required = Array.isArray(spec["required"]) ? spec["required"] : [];
  const fields = Object.entries(table(spec["properties"])).flatMap(([name, raw]): FieldSpec[] => {
    if (name === "kind") return [];
    const own = table(raw);
    const limit = (key: string): number | undefined => (typeof own[key] === "number" ? own[key] : undefined);
    const needed = required.includes(name);
    return [{
      name, kind: kindOf(name, own), needed, shown: needed || first[kind]?.includes(name) === true,
      options: Array.isArray(own["enum"]) ? own["enum"].map(String) : [],
      ...(limit("minimum") === undefined ? {} : { least: limit("minimum") }),
      ...(limit("exclusiveMinimum") === undefined ? {} : { above: limit("exclusiveMinimum") }),
      ...(limit("maximum") === undefined ? {} : { most: limit("maximum") }),
    } as FieldSpec];
  });
  const order = first[kind] ?? [];
  const rank = (field: FieldSpec): number => (order.includes(field.name) ? order.indexOf(field.name) : field.needed ? 50 : 100);
  return fields.map((field, index) => ({ field, index })).sort((a, b) => rank(a.field) - rank(b.field) || a.index - b.index).map(({ field }) => field);
}

export const unitOf = (name: string): string => {
  const unit = /_(deg2|deg|s|m|km|px)$/.exec(name)?.[1];
  return unit === "deg" ? "°" : unit === "deg2" ? "deg²" : unit ?? "";
};

/** A value as text in a field. */
export function show(field: FieldSpec, value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (field.kind === "numbers" && Array.isArray(value)) return value.join(", ");
  if (field.kind === "places" && Array.isArray(value)) {
    return value.map((place) => { const p = table(place); return [p["lat_deg"], p["lon_deg"], p["sigma_km"], p["weight"]].filter((n) => n !== undefined).join(", "); }).join("\n");
  }
  if (field.kind === "end" && typeof value === "string") return endTime.show(value);
  return typeof value === "string" ? value : typeof value === "object" ? JSON.stringify(value) : String(value);
}

export type Read = { value: Json | undefined } | { wrong: "number" | "two" | "least" | "above" | "most" | "json" | "needed" | "time" | "zone"; limit?: number };

/** How the fields of dates and times are read. */
export const formats = { time, end: endTime, date, clock, zone };

/** A number of a list, where a comma parts the numbers. */
const listed = (text: string): number => Number(plainSigns(text));

/** A number as the value of a field, or which of its limits it breaks. */
function limited(field: FieldSpec, value: number): Read {
  if (field.least !== undefined && value < field.least) return { wrong: "least", limit: field.least };
  if (field.above !== undefined && value <= field.above) return { wrong: "above", limit: field.above };
  if (field.most !== undefined && value > field.most) return { wrong: "most", limit: field.most };
  return { value };
}

export function read(field: FieldSpec, text: string): Read {
  if (text.trim() === "") return field.needed ? { wrong: "needed" } : { value: undefined };
  switch (field.kind) {
    case "number": {
      const found = numberReadings(text).map((value) => limited(field, value));
      const fitting = found.filter((one) => "value" in one);
      if (fitting.length > 1) return { wrong: "two" };
      return fitting[0] ?? found[0] ?? { wrong: "number" };
    }
    case "numbers": {
      const values = text.split(/[\s,;\u060c]+/).filter((part) => part !== "").map(listed);
      return values.every(Number.isFinite) ? { value: values } : { wrong: "number" };
    }
    case "places": {
      const lines = text.split("\n").filter((line) => line.trim() !== "").map((line) => line.split(/[\s,;]+/).filter((part) => part !== "").map(listed));
      if (!lines.every((line) => line.length >= 3 && line.every(Number.isFinite))) return { wrong: "number" };
      return { value: lines.map(([lat, lon, sigma, weight]) => ({ lat_deg: lat ?? 0, lon_deg: lon ?? 0, sigma_km: sigma ?? 0, ...(weight === undefined ? {} : { weight }) })) };
    }
    case "time":
    case "end":
    case "date":
    case "clock":
    case "zone": {
      const value = formats[field.kind].read(text);
      return value === null ? { wrong: field.kind === "zone" ? "zone" : "time" } : { value };
    }
    case "flag":
      return { value: text === "true" };
    case "json":
      try {
        return { value: JSON.parse(text) as Json };
      } catch {
        return { wrong: "json" };
      }
    case "area":
      return { value: text.startsWith("{") ? (JSON.parse(text) as Json) : text };
    default:
      return { value: text };
  }
}

export const withField = (clue: Clue, name: string, value: Json | undefined): Clue => {
  const { [name]: _gone, ...rest } = clue;
  return (value === undefined ? rest : { ...rest, [name]: value }) as Clue;
};
