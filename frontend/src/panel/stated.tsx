/** "The file says, and what was measured": each statement beside what was found without it, and offered as what it is, a claim. */
import { effect, signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useEffect } from "preact/hooks";
import { api } from "../api.ts";
import { withMoment } from "../clues/moment.ts";
import { change } from "../frame/store.ts";
import { day, moment, number, plain, rough, t, type Key } from "../i18n/index.ts";
import { halves, note, otherHalf } from "../items/live_photos.ts";
import { edit } from "../store/edit.ts";
import { fail } from "../store/notices.ts";
import { answer, answerMap, answerStale, forgotten, frameKey, frameReplies, inquiry, items, newId, selectedItem } from "../store/signals.ts";
import type { Clue, KeptClue, Pin } from "../types.ts";
import { Button, Said, Told } from "../ui/parts.tsx";
import { CopiesPart } from "./copies.tsx";
import { directionFits, placeFits, statedOf, timeFits, type Comparison, type Stated, type StatedDirection } from "./stated.ts";

/** By item. */
const statements = signal<Record<string, Stated>>({});
effect(() => {
  if (forgotten.value > 0) statements.value = {};
});

export function StatedPanel() {
  const item = selectedItem.value;
  const sha = item?.sha256 ?? null;
  useEffect(() => {
    if (item === null || sha === null || statements.peek()[sha] !== undefined) return;
    const stop = new AbortController();
    const read = (one: string): ReturnType<typeof api.probe> => api.probe(one, { signal: stop.signal });
    read(sha).then((probe) => {
      statements.value = { ...statements.peek(), [sha]: statedOf(probe) };
      return note(item, items.peek(), probe, read);
    }).catch(fail);
    return () => stop.abort();
  }, [sha]);
  if (item === null) return <p class="empty">{t("footage.stated.noItem")}</p>;
  const said = statements.value[item.sha256];
  return (
    <section class="stated" aria-labelledby="stated-title">
      <h3 id="stated-title">{t("footage.stated.title")}</h3>
      <p class="hint">{t("footage.stated.what", { name: plain(item.name) })}</p>
      {said === undefined ? <p class="soft" role="status">{t("footage.stated.reading")}</p> : <><Kind sha={item.sha256} said={said} /><Table said={said} /><Offers said={said} /><Findings said={said} /></>}
      <CopiesPart key={item.sha256} item={item} />
    </section>
  );
}

/** That the file is half of a Live Photo, or a picture that moves. */
function Kind({ sha, said }: { sha: string; said: Stated }) {
  const own = halves.value[sha];
  const other = items.value.find((item) => item.sha256 === otherHalf(sha, halves.value));
  return (
    <>
      {own !== undefined && <p class="stated-kind">{other === undefined ? t(`footage.stated.alone.${own.half}`) : t("items.livePhotoWith", { name: plain(other.name) })}</p>}
      {said.frames > 0 && <p class="stated-kind">{t("footage.stated.animation", { frames: number(said.frames) })}</p>}
    </>
  );
}

function Table({ said }: { said: Stated }) {
  const [clock, place] = [said.clocks[0], said.places[0]];
  const told = answerStale.value ? undefined : answer.value?.answer;
  const ninety = told?.credible["0.9"];
  const spans = ninety?.utc ?? [];
  const focal = frameReplies.value[frameKey.value ?? ""]?.lens.focal_mm_35;
  const statedMm = said.lens.focal_mm_35;
  return (
    <table class="stated-table">
      <thead><tr><td /><th scope="col">{t("footage.stated.file")}</th><th scope="col">{t("footage.stated.measured")}</th></tr></thead>
      <tbody>
        <Row name="time" stated={clock === undefined ? null : <>{clock.utc === null ? <bdi dir="ltr">{plain(clock.text)}</bdi> : `${moment(clock.utc)} UTC`}<span class="soft"> <Told>{plain(clock.source)}</Told></span></>} fits={clock === undefined ? "unknown" : timeFits(clock.utc, spans)} measured={spans.length === 0 ? null : `${day(spans[0]![0])} – ${day(spans.at(-1)![1])}`} />
        <Row name="place" stated={place === undefined ? null : <><bdi dir="ltr">{place.lat_deg.toFixed(4)}, {place.lon_deg.toFixed(4)}</bdi><span class="soft"> <Told>{plain(place.source)}</Told></span></>} fits={place === undefined ? "unknown" : placeFits(place, told === undefined ? undefined : answerMap.value?.contours?.["0.9"])} measured={ninety === undefined ? null : t("unit.km2", { value: rough(ninety.area_km2) })} />
        {said.tracks.map((track) => <Row key={track.source} name="track" stated={<>{t("footage.stated.points", { count: track.points, km: number(track.length_km, 2) })}<span class="soft"> <Told>{plain(track.source)}</Told></span></>} fits="unknown" measured={null} />)}
        {said.directions.map((one) => <Direction key={one.source} said={one} />)}
        <Row name="lens" stated={statedMm === undefined ? null : <bdi dir="ltr">{number(statedMm)} mm</bdi>} fits="unknown" measured={focal === undefined ? null : <bdi dir="ltr">{number(focal)} mm</bdi>} />
      </tbody>
    </table>
  );
}

/** A stated bearing beside the heading that marks gave; one that was taken from the file is no measurement of it. */
function Direction({ said }: { said: StatedDirection }) {
  const camera = frameReplies.value[frameKey.value ?? ""]?.camera;
  const heading = said.of !== "camera" || takenFrom(said) ? null : camera?.heading_deg ?? null;
  const sigma = (camera?.["heading_sigma_deg"] ?? null) as number | null;
  const degrees = (value: number, error: number | null): string => `${number(value, 1)}°${error === null ? "" : ` ± ${number(error, 1)}°`}`;
  return (
    <Row
      name="direction" fits={directionFits(said, heading, sigma)} measured={heading === null ? null : <bdi dir="ltr">{degrees(heading, sigma)}</bdi>}
      stated={<><bdi dir="ltr">{degrees(said.azimuth_deg, said.sigma_deg)}</bdi>{said.north !== "true" && <> {t(`footage.stated.north.${said.north}`)}</>}<span class="soft"> {t(`footage.stated.of.${said.of}`)} <Told>{plain(said.source)}</Told></span></>}
    />
  );
}

const marksOf = (): { [field: string]: unknown } | undefined => inquiry.value.frames[frameKey.value ?? ""]?.marks.camera;
const takenFrom = ({ azimuth_deg }: StatedDirection): boolean => marksOf()?.["heading_deg"] === azimuth_deg;

/** The heading of the camera, as the file claims it, with the error that is assumed of it. */
function takeHeading({ azimuth_deg, sigma_deg, source }: StatedDirection): void {
  change(`took the heading that the file claims (${source})`, (marks) => ({ ...marks, camera: { ...marks.camera, heading_deg: azimuth_deg, heading_sigma_deg: sigma_deg } }));
}

const SIGNS: Record<Comparison, string> = { fits: "○", outside: "◇", unknown: "" };

function Row({ name, stated, measured, fits }: { name: "time" | "place" | "track" | "direction" | "lens"; stated: ComponentChild; measured: ComponentChild; fits: Comparison }) {
  return (
    <tr data-fits={stated === null ? "unknown" : fits}>
      <th scope="row">{t(`footage.stated.${name}`)}</th>
      <td>{stated ?? <span class="soft">{t("footage.stated.none")}</span>}</td>
      <td>
        {measured ?? <span class="soft">{t("footage.stated.notYet")}</span>}
        {stated !== null && measured !== null && fits !== "unknown" && <span class={`stated-${fits}`}><span aria-hidden="true">{SIGNS[fits]}</span> {t(`footage.stated.${fits}` as Key)}</span>}
      </td>
    </tr>
  );
}

/** What the file says becomes a claim that is checked, or a clue that says whose word it is: never without being asked. */
function Offers({ said }: { said: Stated }) {
  const [clock, place, clue] = [said.clocks[0], said.places[0], said.clues[0]];
  const label = t("footage.stated.claim", { name: plain(selectedItem.value?.name ?? "") });
  const claimed = inquiry.value.pins.some((pin) => pin.label === label);
  const check = (): void => {
    const utc = clock?.utc ?? null;
    const pin: Pin = { id: newId("pin"), label, place: place === undefined ? null : [place.lat_deg, place.lon_deg], km: place === undefined ? 0 : 1, from: utc, to: utc };
    edit(`claimed what the file states: ${label}`, (now) => ({ ...now, pins: [...now.pins, pin] }));
  };
  const use = (fresh: Clue): void => {
    const picture = frameKey.value;
    const kept: KeptClue = { id: newId("clue"), on: true, clue: { ...fresh, note: t("footage.stated.note") }, ...(picture === null ? {} : { picture }) };
    edit(`took a claim of the file as a clue: ${fresh.kind}`, (now) => ({ ...now, clues: [...now.clues, withMoment(kept, now)] }));
  };
  const direction = said.directions.find((one) => one.of === "camera");
  if (clock === undefined && place === undefined && direction === undefined) return <p class="empty">{t("footage.stated.nothing")}</p>;
  return (
    <div class="form-acts">
      {((clock !== undefined && clock.utc !== null) || place !== undefined) && <Button kind="main" disabled={claimed} onClick={check}>{t(claimed ? "footage.stated.checked" : "footage.stated.check")}</Button>}
      {clue !== undefined && <Button kind="quiet" onClick={() => use(clue)}>{t("footage.stated.useTime")}</Button>}
      {place !== undefined && <Button kind="quiet" onClick={() => use({ kind: "area", area: { lat_deg: place.lat_deg, lon_deg: place.lon_deg, radius_km: 1 } })}>{t("footage.stated.usePlace")}</Button>}
      {direction !== undefined && <Button kind="quiet" disabled={takenFrom(direction)} onClick={() => takeHeading(direction)}>{t("footage.stated.useDirection")}</Button>}
    </div>
  );
}

/** What contradicts what inside the file, in the page's words; contrary findings first. */
function Findings({ said }: { said: Stated }) {
  const first = (kind: string): number => (kind === "contradiction" ? 0 : kind === "warning" ? 1 : 2);
  if (said.findings.length === 0) return null;
  return (
    <ul class="stated-findings" aria-label={t("footage.stated.findings")}>
      {[...said.findings].sort((a, b) => first(a.kind) - first(b.kind)).map(({ kind, message, told }) => (
        <li key={message} class={`finding-${kind}`}><strong>{t(`footage.stated.kind.${kind}` as Key)}</strong> <Said text={plain(message)} told={told} /></li>
      ))}
    </ul>
  );
}
