/** The points of a mark: which there are, where the next click goes, and what moving or taking one away leaves. */
import type { Mark, Point } from "../types.ts";

export type Role = "base" | "top" | "tip" | "start" | "end" | "edge-start" | "edge-end" | "point" | "place" | "disc";

/** `base_px`, `px`, `line_px.0`, `lines_px.2.1`, `points_px.4`: the field, then which line or point, then which end. */
export type Path = string;

export interface Handle {
  readonly path: Path;
  readonly role: Role;
  readonly at: Point;
}

type Line = [number, number, number, number];
type Form = "post" | "line" | "lines" | "points" | "single";

export const MEANINGS = ["shadow", "vertical", "horizon", "parallel", "right_angle", "sun_disc", "landmark", "shadow_edge", "length", "water_line"] as const;
export type Meaning = (typeof MEANINGS)[number];

const FORMS: Record<Meaning, Form> = {
  shadow: "post", vertical: "post", horizon: "points", water_line: "points", parallel: "lines", right_angle: "lines",
  sun_disc: "single", landmark: "single", shadow_edge: "line", length: "line",
};
export const ROLES: Record<"shadow" | "vertical", readonly ("base" | "top" | "tip")[]> = { shadow: ["base", "top", "tip"], vertical: ["base", "top"] };

export const isMeaning = (word: string): word is Meaning => (MEANINGS as readonly string[]).includes(word);
export const formOf = (mark: Mark): Form => (isMeaning(mark.means) ? FORMS[mark.means] : "single");
const postRoles = (mark: Mark): readonly ("base" | "top" | "tip")[] => ROLES[mark.means === "vertical" ? "vertical" : "shadow"];

const ends = (line: Line): [Point, Point] => [[line[0], line[1]], [line[2], line[3]]];
const lineOf = (mark: Mark, field: string): Line | undefined => mark[field] as Line | undefined;

export function handles(mark: Mark): Handle[] {
  switch (formOf(mark)) {
    case "post":
      return postRoles(mark).flatMap((role) => {
        const at = mark[`${role}_px`] as Point | undefined;
        return at === undefined ? [] : [{ path: `${role}_px`, role, at }];
      });
    case "line": {
      const [line, edge] = [lineOf(mark, "line_px"), lineOf(mark, "edge_px")];
      return [...lineHandles("line_px", line, "start", "end"), ...lineHandles("edge_px", edge, "edge-start", "edge-end")];
    }
    case "lines":
      return (mark.lines_px ?? []).flatMap((line, k) => lineHandles(`lines_px.${k}`, line, "start", "end"));
    case "points":
      return (mark.points_px ?? []).map((at, k) => ({ path: `points_px.${k}`, role: "point" as const, at }));
    case "single":
      return mark.px === undefined ? [] : [{ path: "px", role: mark.means === "landmark" ? "place" : "disc", at: mark.px }];
  }
}

function lineHandles(path: string, line: Line | undefined, first: Role, second: Role): Handle[] {
  if (line === undefined) return [];
  const [start, end] = ends(line);
  const open = start[0] === end[0] && start[1] === end[1];
  return [{ path: `${path}.0`, role: first, at: start }, ...(open ? [] : [{ path: `${path}.1`, role: second, at: end }])];
}

export const pointAt = (mark: Mark, path: Path): Point | undefined => handles(mark).find((handle) => handle.path === path)?.at;

const replaced = <T>(list: readonly T[], index: number, item: T): T[] => list.map((old, k) => (k === index ? item : old));
const withEnd = (line: Line, end: number, at: Point, whole: boolean): Line =>
  whole ? [at[0], at[1], at[0], at[1]] : end === 0 ? [at[0], at[1], line[2], line[3]] : [line[0], line[1], at[0], at[1]];

/** The mark with one of its points elsewhere; a path that is not there yet is added. */
export function moved(mark: Mark, path: Path, at: Point): Mark {
  const [field = "", a, b] = path.split(".");
  if (a === undefined) return { ...mark, [field]: at };
  const first = Number(a);
  if (field === "points_px") {
    const points = mark.points_px ?? [];
    return { ...mark, points_px: first < points.length ? replaced(points, first, at) : [...points, at] };
  }
  if (field === "lines_px") {
    const lines = mark.lines_px ?? [];
    const line = lines[first];
    if (line === undefined) return { ...mark, lines_px: [...lines, [at[0], at[1], at[0], at[1]]] };
    return { ...mark, lines_px: replaced(lines, first, withEnd(line, Number(b), at, Number(b) === 0 && isOpen(line))) };
  }
  const line = lineOf(mark, field);
  if (line === undefined) return { ...mark, [field]: [at[0], at[1], at[0], at[1]] };
  return { ...mark, [field]: withEnd(line, first, at, first === 0 && isOpen(line)) };
}

const isOpen = (line: Line): boolean => line[0] === line[2] && line[1] === line[3];

/** Where the next click goes, or null if the mark has all its points. Horizons and parallels take as many as one likes. */
export function nextPath(mark: Mark): Path | null {
  switch (formOf(mark)) {
    case "post": {
      const role = postRoles(mark).find((name) => mark[`${name}_px`] === undefined);
      return role === undefined ? null : `${role}_px`;
    }
    case "line": {
      const line = lineOf(mark, "line_px");
      if (line === undefined) return "line_px.0";
      if (isOpen(line)) return "line_px.1";
      if (mark.means !== "shadow_edge" || mark["caster"] !== "level") return null;
      const edge = lineOf(mark, "edge_px");
      return edge === undefined ? "edge_px.0" : isOpen(edge) ? "edge_px.1" : null;
    }
    case "lines": {
      const lines = mark.lines_px ?? [];
      const last = lines.at(-1);
      if (last !== undefined && isOpen(last)) return `lines_px.${lines.length - 1}.1`;
      return mark.means === "right_angle" && lines.length >= 2 ? null : `lines_px.${lines.length}.0`;
    }
    case "points":
      return `points_px.${(mark.points_px ?? []).length}`;
    case "single":
      return mark.px === undefined ? "px" : null;
  }
}

/** What is left without a point: the mark without it, or null if nothing of it stands. */
export function without(mark: Mark, path: Path): Mark | null {
  const [field = "", a] = path.split(".");
  const rest = { ...mark };
  if (field === "points_px") rest.points_px = (mark.points_px ?? []).filter((_, k) => k !== Number(a));
  else if (field === "lines_px") rest.lines_px = (mark.lines_px ?? []).filter((_, k) => k !== Number(a));
  else {
    delete rest[field];
    if (field.endsWith("_px") && field !== "line_px" && field !== "edge_px" && field !== "px") delete rest[`${field.slice(0, -3)}_sigma_px`];
  }
  return handles(rest).length === 0 ? null : rest;
}

/** What a mark still lacks before it can be solved with, as names of fields; none: it is ready. */
export function lacking(mark: Mark): string[] {
  const given = handles(mark).length;
  switch (mark.means) {
    case "shadow":
      return given >= 2 ? [] : ["points"];
    case "vertical":
      return given === 2 ? [] : ["points"];
    case "landmark":
      return ["lat_deg", "lon_deg", "altitude_m"].filter((field) => typeof mark[field] !== "number");
    case "length":
      return [...(given === 2 ? [] : ["points"]), ...(typeof mark["length_m"] === "number" ? [] : ["length_m"])];
    case "shadow_edge":
      return given === (mark["caster"] === "level" ? 4 : 2) ? [] : ["points"];
    case "right_angle":
      return given === 4 ? [] : ["points"];
    case "parallel":
      return given >= 2 && given % 2 === 0 ? [] : ["points"];
    case "horizon":
    case "water_line":
      return given >= 2 ? [] : ["points"];
    default:
      return given > 0 ? [] : ["points"];
  }
}

/** The field that holds a point's sigma: things that stand have one each, all else one for the mark. */
export function sigmaField(mark: Mark, path: Path): string {
  return formOf(mark) === "post" ? path.replace(/_px$/, "_sigma_px") : "sigma_px";
}

/** What a point is taken to be sure to [px] where its marks do not say. */
export const DEFAULT_SIGMA: Partial<Record<string, number>> = { sun_disc: 3, landmark: 2 };

export function sigmaOf(mark: Mark, path: Path): number {
  const own = mark[sigmaField(mark, path)];
  return typeof own === "number" ? own : (mark.sigma_px ?? DEFAULT_SIGMA[mark.means] ?? 1);
}

export const withSigma = (mark: Mark, path: Path, sigma: number): Mark => ({ ...mark, [sigmaField(mark, path)]: sigma });

/** Steps of sigma: a quarter up or down, to two figures. */
export function steppedSigma(sigma: number, up: boolean): number {
  const next = Math.min(Math.max(up ? sigma * 1.25 : sigma / 1.25, 0.05), 200);
  return Number(next.toPrecision(2));
}

/** What a residual of `noonmark frame` is called for a point. */
export function residualName(path: Path): string {
  if (path.endsWith("_px") && path !== "px") return path.slice(0, -3);
  return path.startsWith("line") || path.startsWith("edge") ? "line" : "point";
}
