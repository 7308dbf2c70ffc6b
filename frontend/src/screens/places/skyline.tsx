/** A photo of the case with its skyline drawn over it, and how it fits the land about the chosen place, where that land is known. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../../api.ts";
import { number, percent, t } from "../../i18n/index.ts";
import { fail } from "../../store/notices.ts";
import { items } from "../../store/signals.ts";
import { Button, Said } from "../../ui/parts.tsx";
import type { SkylineReply } from "./api.ts";
import { chosen, findSkyline, skyline, skylineShown } from "./state.ts";

export function SkylineCard() {
  const photos = items.value.filter((one) => one.kind === "photo");
  const wanted = useSignal("");
  const url = useSignal("");
  const item = photos.find((one) => one.sha256 === wanted.value) ?? photos[0];
  const line = skyline.value?.item === item?.sha256 ? skyline.value?.reply ?? null : null;
  useEffect(() => {
    if (item === undefined) return;
    const stop = new AbortController();
    let made = "";
    api.framePicture(item.sha256, 0, 1024, { signal: stop.signal }).then(({ blob }) => { url.value = made = URL.createObjectURL(blob); }).catch(fail);
    return () => {
      stop.abort();
      if (made !== "") URL.revokeObjectURL(made);
    };
  }, [item?.sha256]);
  if (item === undefined) return null;
  const place = chosen.value;
  const fit = line?.places.find((one) => place !== null && Math.abs(one.lat_deg - place.lat_deg) < 1e-6 && Math.abs(one.lon_deg - place.lon_deg) < 1e-6);
  return (
    <section class="card skyline-card" aria-label={t("places.skyline")}>
      <div class="card-head">
        <h2>{t("places.skyline")}</h2>
        {photos.length > 1 && <select class="input" aria-label={t("places.skyline.photo")} value={item.sha256} onChange={(event) => { wanted.value = event.currentTarget.value; }}>{photos.map((one) => <option key={one.sha256} value={one.sha256}>{one.name}</option>)}</select>}
        {line === null ? <Button onClick={() => void findSkyline(item.sha256)}>{t("places.skyline.find")}</Button> : <Button aria-pressed={skylineShown.value} onClick={() => { skylineShown.value = !skylineShown.value; }}>{t("places.skyline.show")}</Button>}
      </div>
      <div class="stage skyline-stage">
        <div class="skyline-box">
        {url.value !== "" && <img src={url.value} alt={t("places.skyline.alt", { name: item.name })} />}
        {line !== null && skylineShown.value && (
          <svg viewBox={`0 0 ${line.line.width_px} ${line.line.height_px}`} preserveAspectRatio="none" aria-hidden="true">
            <polyline class="skyline-under" points={line.line.skyline_px.map((point) => point.join(",")).join(" ")} />
            <polyline class="skyline-over" points={line.line.skyline_px.map((point) => point.join(",")).join(" ")} />
          </svg>
        )}
        </div>
      </div>
      {line !== null && (
        <div class="card-body small">
          {fit !== undefined ? <FitSaid fit={fit} nearM={line.near_m ?? 0} /> : line.why_not !== null ? <><span class="chip chip-unseen">{t("places.skyline.notCompared")}</span> <Said text={line.why_not} told={line.told?.[line.why_not]} /></> : t("places.skyline.line")}
        </div>
      )}
    </section>
  );
}

/** A share of the line below this is not told. */
const LEAST_TOLD = 0.05;

/** How the land about a place follows the line, how far away that land stands, how much of it is not known, and whether it is too near to tell places apart. */
function FitSaid({ fit, nearM }: { fit: SkylineReply["places"][number]; nearM: number }) {
  return (
    <>
      <p>{t("places.skyline.fit", { degrees: number(fit.median_deg, 2), heading: number(fit.heading_deg, 0), distance: away(fit.ridge_m) })}</p>
      {fit.unknown_share >= LEAST_TOLD && <p class="note note-warn">{t("places.skyline.unknown", { share: percent(fit.unknown_share) })}{fit.unknown_share > 0.5 && <> {t("places.skyline.unknown.mostly")}</>}</p>}
      {fit.near && <p class="note note-warn">{t("places.skyline.near", { distance: away(nearM) })}</p>}
    </>
  );
}

/** A distance to two or three digits, as the eye knows it. */
const away = (metres: number): string => metres < 1e3 ? t("places.skyline.metres", { metres: number(Math.round(metres / 10) * 10, 0) }) : t("places.skyline.kilometres", { kilometres: number(metres / 1e3, 1) });
