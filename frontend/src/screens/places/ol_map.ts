/**
 * The map that is drawn and measured upon: OpenLayers on a plain canvas, fetched when this screen first needs it. It holds the
 * places as outlined regions, what met their clauses, the user's own layers, and the coast that ships with Noonmark; no tile of others.
 */
import { boundingExtent } from "ol/extent.js";
import Feature from "ol/Feature.js";
import GeoJSON from "ol/format/GeoJSON.js";
import MVT from "ol/format/MVT.js";
import LineString from "ol/geom/LineString.js";
import Point from "ol/geom/Point.js";
import Polygon, { circular } from "ol/geom/Polygon.js";
import { defaults as interactions } from "ol/interaction/defaults.js";
import Draw, { createBox } from "ol/interaction/Draw.js";
import type BaseLayer from "ol/layer/Base.js";
import ImageLayer from "ol/layer/Image.js";
import TileLayer from "ol/layer/Tile.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorTileLayer from "ol/layer/VectorTile.js";
import Map from "ol/Map.js";
import { fromLonLat, getPointResolution, toLonLat, transformExtent } from "ol/proj.js";
import ImageTileSource from "ol/source/ImageTile.js";
import ImageStatic from "ol/source/ImageStatic.js";
import VectorSource from "ol/source/Vector.js";
import VectorTileSource from "ol/source/VectorTile.js";
import { Circle, Fill, Stroke, Style, Text } from "ol/style.js";
import type RenderFeature from "ol/render/Feature.js";
import type VectorTile from "ol/VectorTile.js";
import View from "ol/View.js";
import { PMTiles, TileType } from "pmtiles";
import { api, picture } from "../../api.ts";
import { Ranges } from "../../map/ranges.ts";
import { colour } from "../../ui/hooks.ts";
import type { Layer } from "../../types.ts";
import type { FoundPlace } from "./api.ts";
import { inverse } from "./geodesic.ts";
import type { Box } from "./question_text.ts";

const EARTH = "EPSG:4326";
const SCREEN = "EPSG:3857";
/** A normal density in two directions holds 90 % within so many sigmas. */
const RADIUS_90 = Math.sqrt(-2 * Math.log(0.1));
const LEAST_PX = 8;

export type Tool = "look" | "area" | "measure";
export interface Measured { distance_m: number; azimuth_deg: number }
export interface PlacesMapOptions {
  target: HTMLElement;
  onChoose: (osm: string) => void;
  onArea: (box: Box) => void;
  onMeasure: (measured: Measured | null) => void;
  /** How long a pixel in the middle is on the ground [m], whenever that changed. */
  onScale: (metresPerPixel: number) => void;
}

export class PlacesMap {
  private readonly map: Map;
  private readonly ground = new VectorSource();
  private readonly regions = new VectorSource();
  private readonly around = new VectorSource();
  private readonly drawn = new VectorSource();
  private readonly own = new globalThis.Map<string, BaseLayer>();
  private readonly urls: string[] = [];
  private draw: Draw | null = null;
  private fitted = "";

  constructor(private readonly options: PlacesMapOptions) {
    const layer = (source: VectorSource, zIndex: number, style: (feature: Feature, resolution: number) => Style | Style[]): VectorLayer =>
      new VectorLayer({ source, zIndex, style: (feature, resolution) => style(feature as Feature, resolution) });
    this.map = new Map({
      target: options.target,
      controls: [],
      interactions: interactions({ altShiftDragRotate: false, pinchRotate: false }),
      view: new View({ projection: SCREEN, center: [0, 0], zoom: 1, maxZoom: 20, enableRotation: false }),
      layers: [layer(this.ground, 0, groundStyle), layer(this.around, 20, aroundStyle), layer(this.regions, 30, regionStyle), layer(this.drawn, 40, drawnStyle)],
    });
    this.map.on("singleclick", (event) => {
      if (this.draw !== null) return;
      const hit = this.hit(event.pixel);
      if (hit !== null) options.onChoose(hit);
    });
    this.map.on("moveend", () => {
      const view = this.map.getView();
      options.onScale(getPointResolution(SCREEN, view.getResolution() ?? 1, view.getCenter() ?? [0, 0], "m"));
    });
    this.map.on("pointermove", (event) => {
      if (!event.dragging) options.target.classList.toggle("map-hit", this.draw === null && this.hit(event.pixel) !== null);
    });
  }

  /** The place under a pixel of the screen, the more probable one where regions overlap; null where there is none. */
  private hit(pixel: number[]): string | null {
    const at = this.map.getCoordinateFromPixel(pixel);
    const reach = (LEAST_PX + 4) * (this.map.getView().getResolution() ?? 1);
    for (const feature of [...this.regions.getFeatures()].reverse()) {
      const [x = 0, y = 0] = feature.get("middle") as number[];
      const near = Math.hypot(x - (at?.[0] ?? 0), y - (at?.[1] ?? 0)) <= reach;
      if (near || (at !== null && feature.getGeometry()?.intersectsCoordinate(at) === true)) return feature.get("osm") as string;
    }
    return null;
  }

  /** The places as outlined regions; the chosen one with what met its clauses. */
  show(places: FoundPlace[], chosen: FoundPlace | null): void {
    this.regions.clear(true);
    this.regions.addFeatures([...places].reverse().map((place) => {
      const feature = new Feature(circular([place.lon_deg, place.lat_deg], RADIUS_90 * place.sigma_m, 64).transform(EARTH, SCREEN));
      feature.setProperties({ osm: place.osm, rank: place.rank, chosen: place.osm === chosen?.osm, share: place.probability, middle: fromLonLat([place.lon_deg, place.lat_deg]) });
      return feature;
    }));
    this.around.clear(true);
    for (const clause of chosen?.clauses ?? []) {
      if (clause.thing === null || chosen === null) continue;
      const at = fromLonLat([clause.thing.lon_deg, clause.thing.lat_deg]);
      const from = fromLonLat([chosen.anchor_lon_deg ?? chosen.lon_deg, chosen.anchor_lat_deg ?? chosen.lat_deg]);
      const thing = new Feature(new Point(at));
      thing.setProperties({ thing: clause.thing.name === "" ? clause.thing.osm : clause.thing.name, state: clause.state });
      this.around.addFeatures([new Feature(new LineString([from, at])), thing]);
    }
    const now = places.map((place) => place.osm).join(" ");
    if (now !== this.fitted && places.length > 0) this.fit();
    this.fitted = now;
  }

  /** Shows all places. */
  fit(): void {
    const extent = this.regions.getExtent();
    if (extent !== null && extent.every(Number.isFinite)) this.map.getView().fit(extent, { padding: [66, 40, 40, 40], maxZoom: 17 });
  }

  /** Shows one place and what is around it. */
  near(place: FoundPlace): void {
    const region = circular([place.lon_deg, place.lat_deg], Math.max(RADIUS_90 * place.sigma_m, 120), 32).transform(EARTH, SCREEN);
    const things = (place.clauses ?? []).flatMap(({ thing }) => (thing === null ? [] : [fromLonLat([thing.lon_deg, thing.lat_deg])]));
    const extent = boundingExtent([...region.getCoordinates().flat(), ...things]);
    this.map.getView().fit(extent, { padding: [76, 50, 40, 50], maxZoom: 18 });
  }

  zoom(by: number): void {
    const view = this.map.getView();
    view.setZoom((view.getZoom() ?? 2) + by);
  }

  /** The coast, land and borders that Noonmark ships, as rings and lines of longitude, latitude, .... */
  setGround(land: number[][], coast: number[][], borders: number[][]): void {
    const pairs = (flat: number[]): number[][] => Array.from({ length: flat.length / 2 }, (_, k) => fromLonLat([flat[2 * k] ?? 0, Math.max(-85, Math.min(85, flat[2 * k + 1] ?? 0))]));
    const shapes = [
      ...land.map((ring) => ({ kind: "land", geometry: new Polygon([pairs(ring)]) })),
      ...coast.map((line) => ({ kind: "coast", geometry: new LineString(pairs(line)) })),
      ...borders.map((line) => ({ kind: "border", geometry: new LineString(pairs(line)) })),
    ];
    this.ground.clear(true);
    this.ground.addFeatures(shapes.map(({ kind, geometry }) => {
      const feature = new Feature(geometry);
      feature.set("kind", kind);
      return feature;
    }));
  }

  /** The user's own layers; each is read once. */
  async setLayers(layers: Layer[]): Promise<void> {
    for (const [id, made] of this.own) if (!layers.some((one) => one.id === id && one.shown)) made.setVisible(false);
    for (const one of layers.filter((each) => each.shown)) {
      const known = this.own.get(one.id);
      if (known !== undefined) {
        known.setVisible(true);
        continue;
      }
      const made = await this.made(one);
      this.own.set(one.id, made);
      this.map.addLayer(made);
    }
  }

  private async made(one: Layer): Promise<BaseLayer> {
    if (one.kind === "pmtiles") return tiles(one.id);
    if (one.kind === "geotiff") {
      const { blob, headers } = await picture(`/api/layers/${one.id}/image`);
      const [south = 0, west = 0, north = 0, east = 0] = (headers.get("X-Bounds") ?? "").split(",").map(Number);
      const url = URL.createObjectURL(blob);
      this.urls.push(url);
      // Its rows are even in Mercator already.
      return new ImageLayer({ zIndex: 5, source: new ImageStatic({ url, imageExtent: transformExtent([west, south, east, north], EARTH, SCREEN), projection: SCREEN }) });
    }
    const data = await api.layerData(one.id);
    const collection = data["geojson"] ?? data;
    const features = new GeoJSON().readFeatures(collection, { dataProjection: EARTH, featureProjection: SCREEN });
    return new VectorLayer({ zIndex: 10, source: new VectorSource({ features }), style: () => new Style({ stroke: stroke("label", 1.5), fill: new Fill({ color: "rgb(128 128 128 / 0.12)" }), image: new Circle({ radius: 4, stroke: stroke("label", 1.5) }) }) });
  }

  setTool(tool: Tool): void {
    if (this.draw !== null) this.map.removeInteraction(this.draw);
    this.draw = null;
    this.drawn.clear();
    this.options.onMeasure(null);
    if (tool === "look") return;
    this.draw = tool === "area"
      ? new Draw({ source: this.drawn, type: "Circle", geometryFunction: createBox() })
      : new Draw({ source: this.drawn, type: "LineString", maxPoints: 2 });
    this.draw.on("drawstart", () => this.drawn.clear());
    this.draw.on("drawend", ({ feature }) => (tool === "area" ? this.areaDrawn(feature) : this.measured(feature)));
    this.map.addInteraction(this.draw);
  }

  private areaDrawn(feature: Feature): void {
    const extent = feature.getGeometry()?.getExtent();
    if (extent === undefined) return;
    const [west = 0, south = 0, east = 0, north = 0] = transformExtent(extent, SCREEN, EARTH);
    this.options.onArea({ south, west, north, east });
  }

  private measured(feature: Feature): void {
    const line = feature.getGeometry();
    if (!(line instanceof LineString)) return;
    const [lon1 = 0, lat1 = 0] = toLonLat(line.getFirstCoordinate());
    const [lon2 = 0, lat2 = 0] = toLonLat(line.getLastCoordinate());
    this.options.onMeasure(inverse(lat1, lon1, lat2, lon2));
  }

  /** The colours of the theme have changed. */
  repaint(): void {
    for (const source of [this.ground, this.around, this.regions, this.drawn]) source.changed();
  }

  dispose(): void {
    this.map.setTarget(undefined);
    this.map.dispose();
    for (const url of this.urls) URL.revokeObjectURL(url);
  }
}

/** The tiles of an archive on this machine: pictures, or shapes. */
async function tiles(id: string): Promise<BaseLayer> {
  const archive = new PMTiles(new Ranges(id));
  const { tileType, minZoom, maxZoom } = await archive.getHeader();
  if (tileType === TileType.Mvt) {
    const format = new MVT();
    const load = (tile: VectorTile<RenderFeature>): void => tile.setLoader((extent, _resolution, projection) => {
      const [z = 0, x = 0, y = 0] = tile.getTileCoord();
      void archive.getZxy(z, x, y).then((found) => tile.setFeatures(found === undefined ? [] : format.readFeatures(found.data, { extent, featureProjection: projection }) as RenderFeature[])).catch(() => tile.setFeatures([]));
    });
    const source = new VectorTileSource({ format, minZoom, maxZoom, url: "{z}/{x}/{y}", tileLoadFunction: (tile) => load(tile as VectorTile<RenderFeature>) });
    return new VectorTileLayer({ zIndex: 4, source, style: () => new Style({ stroke: stroke("label", 1), fill: new Fill({ color: "rgb(128 128 128 / 0.08)" }) }) });
  }
  const loader = async (z: number, x: number, y: number): Promise<ImageBitmap> => {
    const found = await archive.getZxy(z, x, y);
    return createImageBitmap(new Blob([found?.data ?? new ArrayBuffer(0)]));
  };
  return new TileLayer({ zIndex: 4, source: new ImageTileSource({ loader, minZoom, maxZoom }) });
}

const stroke = (name: string, width: number, lineDash?: number[]): Stroke => new Stroke({ color: colour(name), width, ...(lineDash === undefined ? {} : { lineDash }) });

function groundStyle(feature: Feature): Style {
  const kind = feature.get("kind") as string;
  if (kind === "land") return new Style({ fill: new Fill({ color: colour("land") }) });
  return new Style({ stroke: kind === "coast" ? stroke("coast", 1) : stroke("border", 1, [4, 3]) });
}

/** An outlined region with its rank; one too small to see is a ring of its own, never a filled point. */
function regionStyle(feature: Feature, resolution: number): Style[] {
  const [chosen, rank] = [feature.get("chosen") as boolean, feature.get("rank") as number];
  const extent = feature.getGeometry()?.getExtent() ?? [0, 0, 0, 0];
  const small = ((extent[2] ?? 0) - (extent[0] ?? 0)) / resolution < 2 * LEAST_PX;
  const text = chosen || rank <= 20 ? new Text({ text: String(rank), font: `${chosen ? 700 : 500} 12px system-ui, sans-serif`, fill: new Fill({ color: colour("label") }), stroke: new Stroke({ color: colour("halo"), width: 3 }), offsetY: small ? -16 : 0, overflow: true }) : undefined;
  const line = stroke("ink", chosen ? 2.5 : 1.4, chosen ? undefined : [6, 3]);
  const fill = new Fill({ color: chosen ? "rgb(53 183 121 / 0.35)" : "rgb(53 183 121 / 0.12)" });
  const under = new Stroke({ color: colour("halo"), width: chosen ? 5 : 3.5 });
  const more = text === undefined ? {} : { text };
  if (!small) return [new Style({ stroke: under, zIndex: chosen ? 2 : 1 }), new Style({ stroke: line, fill, zIndex: chosen ? 2 : 1, ...more })];
  const middle = new Point(feature.get("middle") as number[]);
  return [new Style({ geometry: middle, image: new Circle({ radius: LEAST_PX, stroke: under }) }), new Style({ geometry: middle, image: new Circle({ radius: LEAST_PX, stroke: line, fill }), zIndex: chosen ? 2 : 1, ...more })];
}

/** Things have names only where there is room for them. */
function aroundStyle(feature: Feature, resolution: number): Style {
  if (feature.get("thing") === undefined) return new Style({ stroke: stroke("accent", 1.6, [3, 4]) });
  const held = feature.get("state") === "holds";
  return new Style({
    image: new Circle({ radius: resolution > 8 ? 2.5 : 5, fill: new Fill({ color: colour(held ? "accent" : "card") }), stroke: stroke("ink", 1.6) }),
    text: new Text({ text: resolution > 4 ? "" : String(feature.get("thing")), offsetY: -14, font: "500 12px system-ui, sans-serif", fill: new Fill({ color: colour("label") }), stroke: new Stroke({ color: colour("halo"), width: 3 }) }),
  });
}

const drawnStyle = (): Style[] => [new Style({ stroke: new Stroke({ color: colour("halo"), width: 5 }) }), new Style({ stroke: stroke("accent", 2.5), fill: new Fill({ color: "rgb(26 85 104 / 0.12)" }) })];
