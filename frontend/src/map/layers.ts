/** The user's own layers: outlines, pictures of the ground, tiles from a file of this machine. Nothing is ever fetched from elsewhere. */
import { effect, signal } from "@preact/signals";
import { PMTiles, TileType } from "pmtiles";
import { api } from "../api.ts";
import { t } from "../i18n/index.ts";
import { fail, tell } from "../store/notices.ts";
import { forgotten, inquiry } from "../store/signals.ts";
import type { Layer } from "../types.ts";
import { Ranges } from "./ranges.ts";
import { factorsOf, seen, yOf, xOf, type MapExtent } from "./projection.ts";
import { shapesOf, type Shapes } from "./shapes.ts";

interface Ground {
  picture: ImageBitmap;
  bounds: [number, number, number, number];
}

export interface Loaded {
  shapes?: Shapes;
  ground?: Ground;
  tiles?: Tiles;
}

export const loaded = signal<Record<string, Loaded>>({});
/** Counts tiles that came in, so that the map draws again. */
export const arrived = signal(0);
const asked = new Set<string>();

/** Draws a picture whose rows are even in Mercator between two latitudes, strip by strip. */
function drawMercator(context: CanvasRenderingContext2D, view: MapExtent, picture: ImageBitmap, top: number, bottom: number, x0: number, x1: number, strips: number): void {
  const factors = factorsOf(view);
  for (let strip = 0; strip < strips; strip++) {
    const y0 = yOf(factors, LATITUDE(top + ((bottom - top) * strip) / strips));
    const y1 = yOf(factors, LATITUDE(top + ((bottom - top) * (strip + 1)) / strips));
    context.drawImage(picture, 0, (strip * picture.height) / strips, picture.width, picture.height / strips, x0, y0, x1 - x0 + 0.5, y1 - y0 + 0.5);
  }
}

/** A picture of the ground between south, west, north and east. */
export function drawGround(context: CanvasRenderingContext2D, view: MapExtent, { picture, bounds: [south, west, north, east] }: Ground): void {
  const factors = factorsOf(view);
  drawMercator(context, view, picture, MERCATOR(north), MERCATOR(south), xOf(factors, west), xOf(factors, east), north - south > 4 ? 48 : 8);
}

const MERCATOR = (lat: number): number => (1 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / Math.PI) / 2;
const LATITUDE = (y: number): number => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

/** Raster tiles in Mercator, drawn in strips so thin that the map's own rows fit them to a fraction of a pixel. */
export class Tiles {
  private readonly cache = new Map<string, ImageBitmap | null>();
  private constructor(private readonly archive: PMTiles, private readonly least: number, private readonly most: number) {}

  static async open(id: string): Promise<Tiles> {
    const archive = new PMTiles(new Ranges(id));
    const header = await archive.getHeader();
    if (header.tileType === TileType.Mvt) throw new Error(t("layers.vectorTiles"));
    return new Tiles(archive, header.minZoom, header.maxZoom);
  }

  private tile(z: number, x: number, y: number): ImageBitmap | null {
    const key = `${z}/${x}/${y}`;
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    this.cache.set(key, null);
    if (this.cache.size > 400) this.cache.delete(this.cache.keys().next().value ?? "");
    void this.archive
      .getZxy(z, x, y)
      .then(async (found) => {
        if (found === undefined) return;
        this.cache.set(key, await createImageBitmap(new Blob([found.data])));
        arrived.value += 1;
      })
      .catch(() => undefined);
    return null;
  }

  draw(context: CanvasRenderingContext2D, view: MapExtent): void {
    const factors = factorsOf(view);
    const box = seen(view);
    const z = Math.max(this.least, Math.min(this.most, Math.ceil(Math.log2((factors.kx * 360) / 300))));
    const count = 2 ** z;
    const top = Math.max(0, Math.floor(MERCATOR(Math.min(85, box.north)) * count));
    const bottom = Math.min(count - 1, Math.floor(MERCATOR(Math.max(-85, box.south)) * count));
    const left = Math.floor(((box.west + 180) / 360) * count);
    const right = Math.floor(((box.east + 180) / 360) * count);
    if ((bottom - top + 1) * (right - left + 1) > 200) return;
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const picture = this.tile(z, ((x % count) + count) % count, y);
        if (picture === null) continue;
        const x0 = xOf(factors, (x / count) * 360 - 180);
        const x1 = xOf(factors, ((x + 1) / count) * 360 - 180);
        drawMercator(context, view, picture, y / count, (y + 1) / count, x0, x1, z < 5 ? 32 : 8);
      }
    }
  }
}

async function load(layer: Layer): Promise<Loaded> {
  if (layer.kind === "pmtiles") return { tiles: await Tiles.open(layer.id) };
  if (layer.kind === "geotiff") {
    const { blob, headers } = await api.layerImage(layer.id);
    const told = (headers.get("X-Bounds") ?? "").split(",").map(Number);
    const [south, west, north, east] = told;
    if (told.length !== 4 || south === undefined || west === undefined || north === undefined || east === undefined) throw new Error(t("layers.noBounds"));
    return { ground: { picture: await createImageBitmap(blob), bounds: [south, west, north, east] } };
  }
  const data = await api.layerData(layer.id);
  return { shapes: shapesOf(data["geojson"] ?? data) };
}

export function startLayers(): void {
  effect(() => {
    for (const layer of inquiry.value.layers) {
      if (!layer.shown || asked.has(layer.id)) continue;
      asked.add(layer.id);
      load(layer)
        .then((what) => {
          loaded.value = { ...loaded.value, [layer.id]: what };
        })
        .catch((error: unknown) => {
          if (error instanceof Error && error.constructor === Error) tell("warn", error.message, { code: `layer-${layer.id}` });
          else fail(error);
        });
    }
  });
  effect(() => {
    void forgotten.value;
    asked.clear();
    loaded.value = {};
  });
}

