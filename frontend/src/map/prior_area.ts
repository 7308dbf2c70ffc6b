/** The area that is taken for granted, as lines over the map: the user's own word, never drawn as an answer is. */
import { computed, effect, signal } from "@preact/signals";
import { api } from "../api.ts";
import { Newest } from "../newest.ts";
import { inquiry } from "../store/signals.ts";
import type { Area } from "../types.ts";
import { linesOf, type Lines } from "./draw.ts";

export const priorArea = signal<readonly Lines[]>([]);
/** How it is drawn, in the map and in the legend: long dashes and dots in a colour that no level has. */
export const PRIOR_DASH = [9, 3, 2, 3];

const RAD = Math.PI / 180;
const EARTH_KM = 6371.0088;
const BEARINGS = 144;

/** The outline of an area as flat lists of longitude and latitude: none where all is searched, null where Python has to be asked. */
export function outlineOf(area: Area | undefined): number[][] | null {
  if (area === undefined || area === "world" || area === "land") return [];
  if (typeof area === "string") return null;
  return "radius_km" in area ? [circle(area)] : [box(area)];
}

function box({ south, west, north, east }: { south: number; west: number; north: number; east: number }): number[] {
  const to = east > west ? east : east + 360;
  return [west, south, to, south, to, north, west, north, west, south];
}

/** A circle on the sphere; its longitudes run on, so that one about a pole is a line right across the map. */
function circle({ lat_deg, lon_deg, radius_km }: { lat_deg: number; lon_deg: number; radius_km: number }): number[] {
  const [lat, angle] = [lat_deg * RAD, radius_km / EARTH_KM];
  if (angle >= Math.PI) return [];
  const points: number[] = [];
  let before = lon_deg;
  for (let step = 0; step <= BEARINGS; step++) {
    const bearing = (2 * Math.PI * step) / BEARINGS;
    const sine = Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing);
    const across = Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(lat), Math.cos(angle) - Math.sin(lat) * sine);
    const lon = lon_deg + across / RAD;
    before = lon + 360 * Math.round((before - lon) / 360);
    points.push(before, Math.asin(Math.max(-1, Math.min(1, sine))) / RAD);
  }
  return points;
}

const asked = new Newest();
async function follow(area: Area): Promise<void> {
  const signal = asked.begin();
  const own = outlineOf(area);
  priorArea.value = linesOf(own ?? []);
  if (own !== null) return;
  try {
    const { rings } = await api.areaOutline(area as string, { signal });
    if (!signal.aborted) priorArea.value = linesOf(rings);
  } catch {
    // What is wrong with an area is said where it is asked about.
  }
}

const text = computed(() => JSON.stringify(inquiry.value.prior.area ?? "world"));
effect(() => void follow(JSON.parse(text.value) as Area));
