/** Whether a place may be told for a part of an answer: only where that part is small beside the map that shows it. */
import type { Mode } from "../types.ts";
import { kmPerPixel, type MapExtent } from "./projection.ts";

/** A part that is wider than this on the map [px] is seen as a region; a sign in it would be taken for the place. */
const WIDEST_SIGN_PX = 48;
/** A larger part has no place, no town and no clock of its own: 178 km round. */
export const LARGEST_PLACE_KM2 = 1e5;

/** The width [km] of a disc as large as an area. */
const widthKm = (area_km2: number): number => 2 * Math.sqrt(area_km2 / Math.PI);

/** Whether a part of the answer is small enough to have a place of its own. */
export const hasPlace = ({ area_km2 }: Pick<Mode, "area_km2">): boolean => area_km2 <= LARGEST_PLACE_KM2;

/** Whether the number of a part may stand on the map: it would hide no more than the part itself. */
export const signable = (mode: Pick<Mode, "area_km2">, view: MapExtent): boolean =>
  hasPlace(mode) && widthKm(mode.area_km2) / kmPerPixel(view) <= WIDEST_SIGN_PX;
