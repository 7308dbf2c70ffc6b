/** GeoJSON (and KML, which the server turns into it) as lines, rings and points. */
import { linesOf, type Lines } from "./draw.ts";

export interface Shapes {
  lines: Lines[];
  rings: Lines[];
  points: { lat: number; lon: number; name: string }[];
}

type Loose = { [field: string]: unknown };
const isTable = (value: unknown): value is Loose => typeof value === "object" && value !== null && !Array.isArray(value);

function flat(value: unknown): number[] {
  return Array.isArray(value) ? value.flatMap((pair: unknown) => (Array.isArray(pair) ? [Number(pair[0]), Number(pair[1])] : [])).map((n) => (Number.isFinite(n) ? n : 0)) : [];
}

export function shapesOf(source: unknown): Shapes {
  const lines: number[][] = [];
  const rings: number[][] = [];
  const points: Shapes["points"] = [];
  const geometry = (shape: unknown, name: string): void => {
    if (!isTable(shape)) return;
    const at = shape["coordinates"];
    const each = (value: unknown, use: (part: unknown) => void): void => {
      if (Array.isArray(value)) value.forEach(use);
    };
    switch (shape["type"]) {
      case "Point":
        if (Array.isArray(at)) points.push({ lon: Number(at[0]), lat: Number(at[1]), name });
        break;
      case "MultiPoint":
        each(at, (part) => geometry({ type: "Point", coordinates: part }, name));
        break;
      case "LineString":
        lines.push(flat(at));
        break;
      case "MultiLineString":
        each(at, (part) => lines.push(flat(part)));
        break;
      case "Polygon":
        each(at, (part) => rings.push(flat(part)));
        break;
      case "MultiPolygon":
        each(at, (polygon) => each(polygon, (part) => rings.push(flat(part))));
        break;
      case "GeometryCollection":
        each(shape["geometries"], (part) => geometry(part, name));
        break;
    }
  };
  const feature = (value: unknown): void => {
    if (!isTable(value)) return;
    if (value["type"] === "FeatureCollection" && Array.isArray(value["features"])) value["features"].forEach(feature);
    else if (value["type"] === "Feature") {
      const told = isTable(value["properties"]) ? value["properties"]["name"] ?? value["properties"]["Name"] : "";
      geometry(value["geometry"], typeof told === "string" ? told.slice(0, 80) : "");
    } else geometry(value, "");
  };
  feature(source);
  return { lines: linesOf(lines), rings: linesOf(rings), points };
}
