/** How each kind of clue is shown: its group, and which fields come first. What a field may hold is the schema's to say. */
import { country, number, t, type Key } from "../i18n/index.ts";
import type { Clue } from "../types.ts";
import { shownEnd } from "../ui/entry_formats.ts";

export const groups: { key: "shadow" | "sun" | "moon" | "light" | "time" | "place"; kinds: string[] }[] = [
  { key: "shadow", kinds: ["shadow_length", "shadow_bearing", "shadow_turn", "shadow_track", "ray"] },
  { key: "sun", kinds: ["sun_elevation", "sun_azimuth", "sun_direction", "camera_direction", "sun_meridian"] },
  { key: "moon", kinds: ["moon_phase", "moon_tilt", "body_direction", "moon_up"] },
  { key: "light", kinds: ["lit_face", "sun_clears_ridge", "sun_leaves_ridge", "in_terrain_shade", "shade_line", "sun_up", "twilight", "night"] },
  { key: "time", kinds: ["window", "date", "clock"] },
  { key: "place", kinds: ["area", "places", "candidates"] },
];

/** Fields shown at once although the schema does not ask for them. */
export const first: Record<string, string[]> = {
  sun_direction: ["azimuth_deg", "azimuth_sigma_deg", "elevation_deg", "elevation_sigma_deg"],
  shadow_turn: ["turn_deg", "sigma_deg", "length_ratio", "length_ratio_sigma", "between_s", "mirror"],
  shadow_track: ["x_m", "y_m", "sigma_m", "offsets_s", "mirror"],
  camera_direction: ["relative_azimuth_deg", "elevation_deg", "covariance_deg2", "heading_deg", "heading_sigma_deg"],
  shadow_bearing: ["bearing_deg", "sigma_deg", "either_end"],
  window: ["not_before", "not_after"],
  date: ["weekday", "days", "years"],
  clock: ["time", "sigma_s", "zone", "date"],
  twilight: ["phase"],
  night: ["sign"],
  area: ["area", "sigma_km"],
  body_direction: ["body", "azimuth_deg", "azimuth_sigma_deg", "elevation_deg", "elevation_sigma_deg"],
  moon_phase: ["lit", "lit_sigma", "growing"],
  moon_tilt: ["tilt_deg", "sigma_deg"],
  ray: ["legs", "north", "north_sigma_deg", "edge_bearing_deg"],
};

/** With what a new clue begins; blank fields stay blank until somebody measured them. */
export const begin: Record<string, Partial<Clue>> = {
  sun_elevation: { sigma_deg: 1 },
  sun_azimuth: { sigma_deg: 2 },
  shadow_bearing: { sigma_deg: 3 },
  lit_face: { sigma_deg: 2, lit: true },
  twilight: { phase: "civil" },
  night: { sign: "dark" },
  body_direction: { body: "moon", azimuth_sigma_deg: 2, elevation_sigma_deg: 1 },
  sun_meridian: { sigma_s: 600 },
  moon_phase: { lit_sigma: 0.05 },
  moon_tilt: { sigma_deg: 5 },
  ray: { north: "true" },
  clock: { sigma_s: 60, zone: "local" },
  area: { area: "land" },
  sun_direction: { azimuth_sigma_deg: 2, elevation_sigma_deg: 1 },
};

export const known = (kind: string): boolean => groups.some((group) => group.kinds.includes(kind));
export const nameKey = (kind: string): Key => (known(kind) ? (`clue.${kind}` as Key) : "clue.unknown");
export const whatKey = (kind: string): Key => `clue.${kind}.what` as Key;

/** The kind of clue that a line of advice asks for, and what to fill in. */
export function fromAdvice(measure: string): { kind: string; fill: Partial<Clue> } | null {
  const facing = /facing (north|south|east|west)/.exec(measure)?.[1];
  const bearing = facing === undefined ? null : { north: 0, east: 90, south: 180, west: 270 }[facing] ?? null;
  if (measure.startsWith("lit_face")) return { kind: "lit_face", fill: bearing === null ? {} : { bearing_deg: bearing } };
  if (measure.startsWith("date")) return { kind: "window", fill: {} };
  if (measure.startsWith("time of day")) return { kind: "clock", fill: { zone: "UTC", sigma_s: 300 } };
  const kind = /^[a-z_]+/.exec(measure)?.[0] ?? "";
  if (!known(kind)) return null;
  return { kind, fill: kind === "shadow_turn" ? { between_s: 3600 } : {} };
}

/** What a clue says in one line, in the page's language. */
export function reading(clue: Clue): string {
  const text = (field: string): string | null => (typeof clue[field] === "string" ? clue[field] : null);
  const n = (field: string, digits = 3): string | null => (typeof clue[field] === "number" ? number(clue[field], digits) : null);
  const error = (value: string | null): string => (value === null ? "" : ` ± ${value}`);
  const pair = (field: string, sigma: string, unit: string): string | null => {
    const value = n(field);
    return value === null ? null : `${value}${error(n(sigma))}${unit}`;
  };
  const seconds = (field: string): string | null => (n(field) === null ? null : t("unit.s", { value: n(field) ?? "" }));
  /** A choice of the schema, or a clock, by the word of its form. */
  const option = (field: string): string | null => (text(field) === null ? null : t(`option.${text(field)}` as Key));
  const count = (field: string, of: "clue.count.tips" | "clue.count.legs" | "clue.count.places"): string | null => (Array.isArray(clue[field]) ? t(of, { count: clue[field].length }) : null);
  const all = (...parts: (string | null)[]): string => parts.filter((part) => part !== null).join(t("clue.parts"));
  const covariance = clue["covariance_deg2"];
  // The covariance is of steps across the sky: a degree of bearing is shorter the higher the sun stands.
  const elevation = clue["elevation_deg"];
  const across = typeof elevation === "number" ? Math.max(0.01, Math.cos((elevation * Math.PI) / 180)) : 1;
  const sigma = (at: number): string | null => {
    const row = Array.isArray(covariance) ? covariance[at] : undefined;
    const value = Array.isArray(row) ? row[at] : undefined;
    return typeof value === "number" && value > 0 ? number(Math.sqrt(value) / (at === 0 ? across : 1)) : null;
  };
  const angle = (field: string, name: "clue.az" | "clue.el" | "clue.az.camera", own: string, at: number): string | null =>
    n(field) === null ? null : t(name, { value: `${n(field, 1)}${error(n(own) ?? sigma(at))}°` });
  const zone = text("zone");
  const parts = {
    shadow_length: () => [pair("height", "height_sigma", ""), pair("length", "length_sigma", "")].filter((part) => part !== null).join(" : "),
    shadow_bearing: () => pair("bearing_deg", "sigma_deg", "°"),
    shadow_turn: () => all(pair("turn_deg", "sigma_deg", "°"), pair("length_ratio", "length_ratio_sigma", "×")),
    shadow_track: () => count("x_m", "clue.count.tips"),
    sun_elevation: () => pair("elevation_deg", "sigma_deg", "°"),
    sun_azimuth: () => pair("azimuth_deg", "sigma_deg", "°"),
    sun_direction: () => all(angle("azimuth_deg", "clue.az", "azimuth_sigma_deg", 0), angle("elevation_deg", "clue.el", "elevation_sigma_deg", 1)),
    camera_direction: () => all(angle("relative_azimuth_deg", "clue.az.camera", "", 0), angle("elevation_deg", "clue.el", "", 1)),
    body_direction: () => all(option("body"), angle("azimuth_deg", "clue.az", "azimuth_sigma_deg", 0), angle("elevation_deg", "clue.el", "elevation_sigma_deg", 1)),
    moon_phase: () => pair("lit", "lit_sigma", "") ?? pair("phase_angle_deg", "sigma_deg", "°"),
    moon_tilt: () => pair("tilt_deg", "sigma_deg", "°"),
    ray: () => count("legs", "clue.count.legs"),
    sun_meridian: () => error(seconds("sigma_s")).trim(),
    lit_face: () => pair("bearing_deg", "sigma_deg", "°"),
    twilight: () => option("phase"),
    night: () => option("sign"),
    window: () => `${text("not_before")?.replace(/T00:00:00Z$/, "") ?? "…"} – ${shownEnd(text("not_after") ?? "…")}`,
    date: () => all(text("weekday") === "any" ? null : option("weekday"), text("days"), text("years")),
    clock: () => all(text("time") === null ? null : `${text("time")}${error(seconds("sigma_s"))}`, CLOCKS.has(zone ?? "") ? t(`option.${zone}` as Key) : zone, text("date")),
    area: () => areaWords(clue["area"]),
    places: () => count("places", "clue.count.places"),
    candidates: () => count("places", "clue.count.places"),
  } as Record<string, () => string | null>;
  return parts[clue.kind]?.() ?? "";
}

/** Clocks that are no zone's; "UTC" is written so everywhere. */
const CLOCKS = new Set(["local", "mean_solar", "apparent_solar"]);

/** An area by the word of its form, or by the country's name. */
function areaWords(area: Clue[string]): string | null {
  if (typeof area === "string") return /^[A-Za-z]{2}$/.test(area) ? country(area.toUpperCase()) : t(area === "land" || area === "world" ? `area.${area}` : "area.file");
  if (typeof area !== "object" || area === null) return null;
  return t("radius_km" in area ? "area.circle" : "area.box");
}
