import { useComputed, useSignal, useSignalEffect, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { instantMap } from "../focus.ts";
import { foreign } from "../items/whose.ts";
import { moment, rough, t } from "../i18n/index.ts";
import { answer, answerFirst, answerMap, answerStale, caseState, draft, preview, selection } from "../store/signals.ts";
import type { AnswerMap } from "../types.ts";
import { prepare, useSize } from "../ui/hooks.ts";
import { Button } from "../ui/parts.tsx";
import { dark } from "../ui/theme.ts";
import { regionBox } from "./answer_shapes.ts";
import { needBase, needPlaces } from "./base.ts";
import { arrived } from "./layers.ts";
import { LayersMenu } from "./layers_menu.tsx";
import { Legend, Modes } from "./modes.tsx";
import { chooseNothing, movesOf, useGestures, type Moves } from "./moves.ts";
import { paintMap, REGION_SCALE } from "./paint.ts";
import { clamp, seen, settle, worldScale, type MapExtent } from "./projection.ts";

const START: MapExtent = { lat: 0, lon: 10, scale: 0, width: 0, height: 0 };
/** A region wider than this [deg] is seen well enough with the whole world. */
const WIDE_DEG = 120;

interface MapShown {
  map: AnswerMap | null;
  kind: "answer" | "instant" | "preview";
}

/** What the map shows: while something is dragged the rough preview, else the instant chosen, else the whole answer. */
function mapShown(): MapShown {
  if (foreign.value) return { map: null, kind: "answer" };
  const quick = draft.value !== null ? preview.value?.map : undefined;
  if (quick !== undefined) return { map: { world: quick, region: null, contours: null, modes: [] }, kind: "preview" };
  if (instantMap.value !== null) return { map: instantMap.value, kind: "instant" };
  return { map: answerMap.value, kind: "answer" };
}

export function MapView() {
  const [stage, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useSignal<MapExtent>(START);
  const focused = useSignal(false);
  const hover = useSignal<[number, number] | null>(null);
  const shown = useComputed(mapShown);
  const moves = movesOf(view);
  const gestures = useGestures(canvas, view, hover, moves);

  useEffect(() => {
    const { width, height } = size;
    if (width === 0) return;
    const old = view.peek();
    const scale = old.scale === 0 ? worldScale(width, height) : old.scale;
    view.value = settle({ ...old, width, height, scale });
  }, [size.width, size.height]);
  useGround(view);
  useFirstAnswer(view, moves);
  useSignalEffect(() => {
    const { width, height } = view.value;
    const context = canvas.current === null || width === 0 ? null : prepare(canvas.current, width, height);
    void dark.value;
    void arrived.value;
    if (context !== null) paintMap(context, view.value, shown.value.map, focused.value);
  });

  const { kind, map } = shown.value;
  const waits = answerStale.value && answerFirst.value === null && kind !== "preview";
  return (
    <>
      <Head kind={kind} map={map} moves={moves} />
      <div class={waits ? "map-stage waits" : "map-stage"} ref={stage} dir="ltr">
        <canvas
          ref={canvas} class="map-canvas" tabIndex={0} role="application" aria-roledescription={t("map.role")} aria-label={label()}
          aria-describedby="map-keys" data-kind={kind} {...gestures}
          onFocus={() => { focused.value = true; }} onBlur={() => { focused.value = false; }}
        />
        <p id="map-keys" class="unseen">{t("map.keys")}</p>
        <Legend />
        {hover.value !== null && <p class="map-where" aria-hidden="true" dir="ltr">{coordinates(hover.value, view.value)}</p>}
        <p class="map-credit">{t("map.creditShort")}</p>
      </div>
      <Modes onShow={moves.toMode} />
    </>
  );
}

/** Asks for the coast and the names of what is seen. */
function useGround(view: Signal<MapExtent>): void {
  useSignalEffect(() => {
    const now = view.value;
    if (now.width === 0 || caseState.value === null) return;
    needBase("world");
    if (now.scale > REGION_SCALE) needBase("region");
    needPlaces(seen(now), Math.round(clamp((now.width * now.height) / 9000, 20, 80)));
  });
}

/** A first answer brings its region into view; later ones leave the view as the user moved it. */
function useFirstAnswer(view: Signal<MapExtent>, moves: Moves): void {
  const answered = useRef(false);
  useSignalEffect(() => {
    const map = answerMap.value;
    if (map === null || view.value.width === 0) {
      if (caseState.value === null) answered.current = false;
      return;
    }
    if (answered.current) return;
    answered.current = true;
    const box = regionBox(map);
    if (box !== null && box.east - box.west < WIDE_DEG) moves.toBox(box);
  });
}

function Head({ kind, map, moves }: MapShown & { moves: Moves }) {
  const { from, place } = selection.value;
  return (
    <header class="region-head">
      <h2>{t("region.map")}</h2>
      <p class="region-say">{headWords(kind, from)}</p>
      <div class="toolbar" role="toolbar" aria-label={t("map.tools")}>
        {(from !== null || place !== null) && <Button kind="quiet" onClick={chooseNothing}>{t("map.whole")}</Button>}
        <Button icon="minus" kind="quiet" bare onClick={() => moves.zoom(1 / 1.6)}>{t("map.zoomOut")}</Button>
        <Button icon="plus" kind="quiet" bare onClick={() => moves.zoom(1.6)}>{t("map.zoomIn")}</Button>
        <Button icon="world" kind="quiet" bare onClick={moves.wholeWorld}>{t("map.world")}</Button>
        <Button icon="fit" kind="quiet" bare onClick={() => moves.toBox(regionBox(map))} disabled={answerMap.value === null}>{t("map.fit")}</Button>
        <LayersMenu />
      </div>
    </header>
  );
}

function headWords(kind: MapShown["kind"], from: string | null): string {
  if (kind === "preview") return t("map.preview");
  if (kind === "instant" && from !== null) return t("map.instant", { when: moment(from) });
  return answer.value === null || foreign.value ? "" : t("map.legend");
}

function label(): string {
  const told = answer.value;
  if (told === null || foreign.value) return t("map.empty");
  return t("map.label", { area: rough(told.answer.credible["0.9"].area_km2), count: told.answer.modes.length });
}

/** As many decimals as a pixel is worth. */
function coordinates([lat, lon]: [number, number], { scale }: MapExtent): string {
  const digits = scale > 200 ? 4 : scale > 20 ? 3 : 1;
  return `${lat.toFixed(digits)}, ${lon.toFixed(digits)}`;
}
