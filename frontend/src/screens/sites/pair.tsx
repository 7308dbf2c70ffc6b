/**
 * Two images of a place laid over each other in metres, the shift that was measured between them taken out: beside each other,
 * with an edge that is swiped, or blinking. Both always show the same ground at the same size.
 */
import { useRef } from "preact/hooks";
import { dir, t } from "../../i18n/index.ts";
import { Button } from "../../ui/parts.tsx";
import type { SiteImage, SiteView } from "./api.ts";
import { screenKeys } from "./keys.ts";
import { pictureOf } from "./pictures.ts";
import { against, blink, blinked, edge, feature, image, laying, pair, siteId, zoom } from "./state.ts";
import { nameOf } from "./words.ts";

const MODES = ["beside", "swipe", "blink"] as const;

export function PairView({ view }: { view: SiteView }) {
  const two = pair.value;
  const one = image.value;
  return (
    <section class="card pair-card" aria-label={t("sites.pair")}>
      <div class="card-head">
        <h2 class="grow">{two === null ? (one === null ? "" : nameOf(one, view)) : t("sites.pair.two", { first: nameOf(two[0], view), second: nameOf(two[1], view) })}</h2>
        {two !== null && <AgainstChoice view={view} />}
        {two !== null && (
          <div class="segments" role="group" aria-label={t("sites.pair.how")}>
            {MODES.map((mode) => <button key={mode} type="button" aria-pressed={laying.value === mode} onClick={() => { laying.value = mode; }}>{t(`sites.laying.${mode}`)}</button>)}
          </div>
        )}
      </div>
      <PairStage view={view} />
    </section>
  );
}

function AgainstChoice({ view }: { view: SiteView }) {
  return (
    <label class="against">
      <span class="unseen">{t("sites.against")}</span>
      <select class="input" value={against.value ?? ""} onChange={(event) => { against.value = event.currentTarget.value === "" ? null : event.currentTarget.value; }}>
        <option value="">{t("sites.against.is", { image: t("sites.against.before") })}</option>
        {view.images.filter((one) => one !== image.value).map((one) => <option key={one.id} value={one.id} selected={one.id === against.value}>{t("sites.against.is", { image: nameOf(one, view) })}</option>)}
      </select>
    </label>
  );
}

function PairStage({ view }: { view: SiteView }) {
  const two = pair.value;
  const one = image.value;
  const mode = two === null ? "one" : laying.value;
  const stage = useRef<HTMLDivElement>(null);
  if (one === null) return null;
  const drag = (event: PointerEvent): void => {
    if (mode !== "swipe" || stage.current === null || (event.type === "pointermove" && event.buttons === 0)) return;
    const box = stage.current.getBoundingClientRect();
    if (event.type === "pointerdown") stage.current.setPointerCapture(event.pointerId);
    edge.value = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
  };
  return (
    <>
      {/* One focusable part with its own keys, as a player is; what it shows is said in its name. */}
      <div ref={stage} class={`stage pair-stage pair-${mode}`} role="application" tabIndex={0} data-part="pair" aria-label={t("sites.stage", { first: two === null ? nameOf(one, view) : nameOf(two[0], view), second: two === null ? "" : nameOf(two[1], view) })}
        aria-describedby="pair-keys" onKeyDown={screenKeys} onPointerDown={drag} onPointerMove={drag}>
        {mode === "beside" && two !== null && two.map((each) => <Layer key={each.id} view={view} shown={each} />)}
        {mode === "one" && <Layer view={view} shown={one} />}
        {mode === "blink" && two !== null && <Layer view={view} shown={blinked.value ? two[0] : two[1]} />}
        {mode === "swipe" && two !== null && (
          <>
            <Layer view={view} shown={two[0]} />
            <div class="pair-over" style={{ clipPath: `inset(0 0 0 ${edge.value * 100}%)` }}><Layer view={view} shown={two[1]} /></div>
            <span class="pair-edge" style={{ left: `${edge.value * 100}%` }} />
          </>
        )}
      </div>
      <div class="pair-foot">
        <p class="soft small">{shiftWords(two)}</p>
        {mode === "blink" && <Button onClick={blink}>{t("sites.blinkNow")}</Button>}
        {mode === "swipe" && (
          <label class="swipe-range"><span>{t("sites.edge")}</span>
            <input type="range" min="0" max="100" dir="ltr" value={Math.round(edge.value * 100)} onInput={(event) => { edge.value = Number(event.currentTarget.value) / 100; }} /></label>
        )}
        <span class="zooms"><Button icon="minus" kind="quiet" bare disabled={zoom.value <= 0.5} onClick={() => { zoom.value /= 1.5; }}>{t("sites.smaller")}</Button>
        <Button icon="plus" kind="quiet" bare disabled={zoom.value >= 12} onClick={() => { zoom.value *= 1.5; }}>{t("sites.larger")}</Button></span>
        <p class="unseen" id="pair-keys">{t("sites.stageKeys")}</p>
      </div>
    </>
  );
}

/** How well the two lie on each other, in metres. */
function shiftWords(two: [SiteImage, SiteImage] | null): string {
  if (two === null) return "";
  if (two.some((one) => one.chip.pixel_m === undefined)) return t("sites.shift.unplaced");
  const known = two.filter((one) => one.shift_px !== null);
  if (known.length === 0 || two[0].stack !== two[1].stack) return t("sites.shift.unknown");
  const sigma_m = Math.hypot(...known.map((one) => (one.shift_px?.[2] ?? 0) * (one.chip.pixel_m ?? 0)));
  return t("sites.shift.known", { metres: Math.max(1, Math.ceil(2 * sigma_m)) });
}

/** One image over its ground [m], the middle of the outlines at (0, 0), the feature's outline on it. */
function Layer({ view, shown }: { view: SiteView; shown: SiteImage }) {
  const site = siteId.value;
  const picture = site === null ? "failed" : pictureOf(site, shown.id).value;
  const place = placing(shown);
  const half = place.reach_m / zoom.value;
  return (
    <figure class="pair-layer" data-image={shown.id}>
      <svg viewBox={`${-half} ${-half * 0.75} ${2 * half} ${1.5 * half}`} preserveAspectRatio="xMidYMid meet" aria-hidden="true" focusable="false">
        {typeof picture === "object" && <image href={picture.url} x={place.x_m} y={place.y_m} width={picture.width_px * place.step * place.pixel_m} height={picture.height_px * place.step * place.pixel_m} preserveAspectRatio="none" />}
        {Object.entries(place.outlines).map(([name, rings]) => rings.map((ring, index) => (
          <g key={`${name}${index}`} class={name === feature.value?.name ? "outline outline-chosen" : "outline"}><path class="outline-under" d={ring} /><path class="outline-over" d={ring} /></g>
        )))}
      </svg>
      <figcaption class="stage-note"><bdi dir={dir.value}>{nameOf(shown, view)}{!shown.redistribute && ` · ${t("sites.keptShort")}`}</bdi></figcaption>
      {picture === "failed" && <p class="stage-wait hatched">{t("sites.noPicture")}</p>}
      {picture === "coming" && <p class="stage-wait">{t("sites.loading")}</p>}
    </figure>
  );
}

const LARGEST_PX = 1600; // the server averages blocks of pixels beyond this

/** Where a picture's corner lies, and how much ground is shown; one without coordinates fills the view. */
function placing({ chip, shift_px }: SiteImage): { x_m: number; y_m: number; pixel_m: number; step: number; reach_m: number; outlines: Record<string, string[]> } {
  const { pixel_m, outlines = {}, rows = 1, cols = 1 } = chip;
  const points = Object.values(outlines).flat(2) as unknown as [number, number][];
  if (pixel_m === undefined || points.length === 0) return { x_m: -50, y_m: -37.5, pixel_m: 0.25, step: 1, reach_m: 50, outlines: {} };
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [cx, cy] = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
  // What the reference shows at a pixel stands in this image at that pixel and its shift.
  const [dx, dy] = [shift_px?.[0] ?? 0, shift_px?.[1] ?? 0];
  const widest = Math.max(Math.max(...xs) - Math.min(...xs), (Math.max(...ys) - Math.min(...ys)) / 0.75, 4);
  const paths = Object.entries(outlines).map(([name, rings]) => [name, rings.map((ring) => `M${ring.map(([x, y]) => `${(x - cx) * pixel_m} ${(y - cy) * pixel_m}`).join("L")}Z`)] as const);
  return {
    x_m: -(cx + dx) * pixel_m, y_m: -(cy + dy) * pixel_m, pixel_m, step: Math.ceil(Math.max(rows, cols) / LARGEST_PX),
    reach_m: Math.min(widest * 1.1, Math.max(rows, cols) / 2) * pixel_m, outlines: Object.fromEntries(paths),
  };
}
