/** The map of this screen: its tools in words, what is measured, and whose data it is. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, get } from "../../api.ts";
import { number, t } from "../../i18n/index.ts";
import { inquiry } from "../../store/signals.ts";
import { fail } from "../../store/notices.ts";
import { barOf } from "../../map/projection.ts";
import type { Basemap } from "../../types.ts";
import { Button } from "../../ui/parts.tsx";
import { theme } from "../../ui/theme.ts";
import type { FoundPlace } from "./api.ts";
import type { Measured, PlacesMap, Tool } from "./ol_map.ts";
import { withArea } from "./question_text.ts";
import { answer, choose, chosen, text, type } from "./state.ts";

const TOOLS: readonly Tool[] = ["look", "area", "measure"];

export function MapCard() {
  const target = useRef<HTMLDivElement>(null);
  const map = useRef<PlacesMap | null>(null);
  const ready = useSignal(false);
  const tool = useSignal<Tool>("look");
  const measured = useSignal<Measured | null>(null);
  const perPixel = useSignal<number | null>(null);
  const shown = answer.value;

  useEffect(() => {
    let gone = false;
    // Fetched when it is first needed: it is larger than all else on this page.
    void import("./ol_map.ts").then(({ PlacesMap: Made }) => {
      if (gone || target.current === null) return;
      map.current = new Made({
        target: target.current,
        onChoose: choose,
        onArea: (box) => {
          type(withArea(text.value, box));
          tool.value = "look";
          map.current?.setTool("look");
        },
        onMeasure: (found) => { measured.value = found; },
        onScale: (metresPerPixel) => { perPixel.value = metresPerPixel; },
      });
      ready.value = true;
    }).catch(fail);
    return () => {
      gone = true;
      map.current?.dispose();
      map.current = null;
    };
  }, []);

  useEffect(() => {
    if (!ready.value || shown === null) return;
    map.current?.show(shown.places, chosen.value);
  }, [ready.value, shown, chosen.value]);
  useEffect(() => {
    if (ready.value) map.current?.repaint();
  }, [ready.value, theme.value]);
  useEffect(() => {
    if (ready.value) void map.current?.setLayers(inquiry.value.layers).catch(fail);
  }, [ready.value, inquiry.value.layers]);
  useEffect(() => {
    if (!ready.value) return undefined;
    const box = boxOf(shown?.places ?? []);
    const ground = box === null ? api.basemap("world") : get<Basemap>(`/api/basemap/region?${new URLSearchParams(box)}`);
    let late = false;
    ground.then((found) => { if (!late) map.current?.setGround(found.land, found.coast, found.borders); }).catch(fail);
    return () => { late = true; };
  }, [ready.value, shown]);

  const pick = (to: Tool): void => {
    tool.value = to;
    map.current?.setTool(to);
  };
  const now = chosen.value;
  return (
    <section class="card map-card" aria-label={t("places.map")}>
      <div class="card-head">
        <h2>{now === null ? t("places.map") : t("places.map.around", { rank: now.rank })}</h2>
        <div class="segments" role="group" aria-label={t("places.map.tools")}>
          {TOOLS.map((one) => <button key={one} type="button" aria-pressed={tool.value === one} onClick={() => pick(one)}>{t(`places.tool.${one}`)}</button>)}
        </div>
      </div>
      <div class="map-field">
        <div ref={target} class="ol-target" tabIndex={0} role="application" aria-label={t("places.map.keys")} data-ready={ready.value ? "" : undefined} />
        <div class="map-buttons">
          <Button icon="plus" bare onClick={() => map.current?.zoom(1)}>{t("places.map.in")}</Button>
          <Button icon="minus" bare onClick={() => map.current?.zoom(-1)}>{t("places.map.out")}</Button>
          <Button onClick={() => map.current?.fit()}>{t("places.map.all")}</Button>
          {now !== null && <Button onClick={() => map.current?.near(now)}>{t("places.map.near", { rank: now.rank })}</Button>}
        </div>
        {perPixel.value !== null && <Scale perPixel={perPixel.value} />}
        <p class="map-said" role="status">{tool.value === "measure" ? (measured.value === null ? t("places.measure.how") : t("places.measure", { distance: metres(measured.value.distance_m), bearing: number(measured.value.azimuth_deg, 1) })) : tool.value === "area" ? t("places.area.how") : ""}</p>
      </div>
      <p class="map-foot small soft">{shown === null ? t("places.map.ground") : <bdi dir="ltr">{shown.attribution}</bdi>}</p>
    </section>
  );
}

/** A round length beside its words, in the page's language. */
function Scale({ perPixel }: { perPixel: number }) {
  const { km, pixels } = barOf(perPixel / 1000, LONGEST_BAR_PX);
  return <p class="map-scale" dir="auto" style={{ inlineSize: `${Math.round(pixels)}px` }}>{km < 1 ? t("unit.m", { value: Math.round(1000 * km) }) : t("unit.km", { value: km })}</p>;
}
const LONGEST_BAR_PX = 110;

const metres = (value: number): string => (value < 10000 ? t("unit.m", { value: number(value, 1) }) : t("unit.km", { value: number(value / 1000, 2) }));

function boxOf(places: FoundPlace[]): Record<string, string> | null {
  if (places.length === 0) return null;
  const [lats, lons] = [places.map((one) => one.lat_deg), places.map((one) => one.lon_deg)];
  const box = { south: Math.max(-90, Math.min(...lats) - 0.5), west: Math.max(-180, Math.min(...lons) - 0.5), north: Math.min(90, Math.max(...lats) + 0.5), east: Math.min(180, Math.max(...lons) + 0.5) };
  return Object.fromEntries(Object.entries(box).map(([key, value]) => [key, value.toFixed(4)]));
}
