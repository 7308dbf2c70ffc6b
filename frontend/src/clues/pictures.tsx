/** A small drawing for each kind of clue: what was seen, not how it is reckoned. Drawn by hand on a 56 x 40 sheet. */
import type { JSX } from "preact";

const ground = <path d="M3 33h50" class="pic-soft" />;
const post = <path d="M18 33V10" class="pic-ink" />;
const sun = (x: number, y: number): JSX.Element => <circle cx={x} cy={y} r="4" class="pic-sun" />;
const house = <path d="M12 33V17h20v16M12 17l10-7 10 7" class="pic-ink" />;

const drawings: Record<string, JSX.Element> = {
  shadow_length: <>{ground}{post}<path d="M18 33h27" class="pic-shade" /><path d="M14 33V10M18 37h27" class="pic-mark" /><path d="M18 10 45 33" class="pic-ray" /></>,
  shadow_bearing: <><circle cx="28" cy="20" r="15" class="pic-soft" /><path d="M28 8V2M26 5l2-3 2 3" class="pic-ink" /><circle cx="28" cy="20" r="2" class="pic-dot" /><path d="M28 20 40 30" class="pic-shade" /><path d="M28 10a10 10 0 0 1 8 16" class="pic-mark" /></>,
  shadow_turn: <>{ground}<path d="M28 33V8" class="pic-ink" /><path d="M28 33 10 37" class="pic-shade" /><path d="M28 33 49 36.5" class="pic-shade" /><path d="M15 30a14 7 0 0 1 26 0" class="pic-mark" /></>,
  shadow_track: <><path d="M28 31V12" class="pic-ink" /><path d="M6 16q22 16 44 4" class="pic-soft" /><circle cx="10" cy="18.4" r="2" class="pic-dot" /><circle cx="22" cy="23.4" r="2" class="pic-dot" /><circle cx="34" cy="24.2" r="2" class="pic-dot" /><circle cx="46" cy="21.6" r="2" class="pic-dot" /></>,
  sun_elevation: <>{ground}{sun(41, 11)}<path d="M10 33 38 13" class="pic-ray" /><path d="M24 33a14 14 0 0 0-3-8" class="pic-mark" /></>,
  sun_azimuth: <><circle cx="28" cy="21" r="15" class="pic-soft" /><path d="M28 9V3M26 6l2-3 2 3" class="pic-ink" />{sun(41, 28.5)}<path d="M28 21 38 27" class="pic-ray" /><path d="M28 12a9 9 0 0 1 8 13" class="pic-mark" /></>,
  sun_direction: <><path d="M4 33a24 24 0 0 1 48 0z" class="pic-soft" /><ellipse cx="37" cy="17" rx="8" ry="5" class="pic-mark" />{sun(37, 17)}</>,
  camera_direction: <><path d="M6 20h14v12H6zM20 23l6-3v12l-6-3" class="pic-ink" />{sun(45, 9)}<path d="M28 26h22" class="pic-soft" /><path d="M28 26 41 12" class="pic-ray" /><path d="M40 26a12 12 0 0 0-4-8.5" class="pic-mark" /></>,
  lit_face: <>{ground}<path d="M12 33V15h14v18" class="pic-ink" /><path d="M26 15h14v18H26" class="pic-lit" />{sun(48, 8)}<path d="M45 11 38 18" class="pic-ray" /></>,
  sun_meridian: <>{ground}{sun(28, 8)}<path d="M28 33V16" class="pic-ink" /><path d="M28 33h9" class="pic-shade" /></>,
  ray: <>{ground}<path d="M10 33V10h9M44 33V8" class="pic-ink" /><path d="M19 10 44 24" class="pic-ray" /><path d="M44 24v9" class="pic-shade" /></>,
  body_direction: <>{ground}<path d="M40 6a7 7 0 1 0 5 11 6 6 0 0 1-5-11z" class="pic-ink" /><path d="M10 33 36 14" class="pic-ray" /></>,
  moon_phase: <><circle cx="28" cy="20" r="13" class="pic-ink" /><path d="M28 7a13 13 0 0 1 0 26 18 18 0 0 0 0-26z" class="pic-lit" /></>,
  moon_tilt: <><path d="M22 8a13 13 0 1 0 17 19 14 14 0 0 1-17-19z" class="pic-ink" /><path d="M28 20V4M28 20 38 9" class="pic-mark" /></>,
  moon_up: <>{ground}<path d="M31 7a9 9 0 1 0 6 14 7 7 0 0 1-6-14z" class="pic-lit" /></>,
  sun_up: <>{ground}{sun(28, 18)}<path d="M28 8v3M28 25v3M18 18h3M35 18h3M21 11l2 2M33 23l2 2M35 11l-2 2M23 23l-2 2" class="pic-ray" /></>,
  twilight: <><path d="M3 27h50" class="pic-ink" /><path d="M20 27a8 8 0 0 1 16 0" class="pic-soft" />{sun(28, 33)}<path d="M8 20h40M12 14h32" class="pic-soft" /></>,
  night: <>{ground}<path d="M33 9a9 9 0 1 0 6 14 7 7 0 0 1-6-14z" class="pic-ink" /><path d="M14 10v4M12 12h4M46 15v4M44 17h4M20 22v3M18.5 23.5h3" class="pic-mark" /></>,
  window: <><path d="M8 12h40v20H8zM8 18h40M16 8v7M40 8v7" class="pic-ink" /><path d="M20 22h16v6H20z" class="pic-lit" /></>,
  date: <><path d="M8 12h40v20H8zM8 18h40M16 8v7M40 8v7" class="pic-ink" /><path d="M24 21h8v8H24z" class="pic-lit" /></>,
  clock: <><circle cx="28" cy="20" r="15" class="pic-ink" /><path d="M28 20V10M28 20l7 4" class="pic-mark" /></>,
  area: <><path d="M12 12l12-5 14 6 8 12-10 10-18-2-8-9z" class="pic-lit" /><path d="M12 12l12-5 14 6 8 12-10 10-18-2-8-9z" class="pic-ink" /></>,
  places: <><circle cx="15" cy="14" r="9" class="pic-lit" /><circle cx="40" cy="12" r="3.5" class="pic-lit" /><circle cx="32" cy="29" r="6" class="pic-lit" /><circle cx="15" cy="14" r="1.6" class="pic-dot" /><circle cx="40" cy="12" r="1.6" class="pic-dot" /><circle cx="32" cy="29" r="1.6" class="pic-dot" /></>,
  candidates: <><circle cx="15" cy="14" r="7" class="pic-lit" /><circle cx="40" cy="12" r="4.5" class="pic-lit" /><circle cx="32" cy="29" r="6" class="pic-lit" /><circle cx="15" cy="14" r="1.6" class="pic-dot" /><circle cx="40" cy="12" r="1.6" class="pic-dot" /><circle cx="32" cy="29" r="1.6" class="pic-dot" /></>,
};

export function CluePicture({ kind }: { kind: string }) {
  return (
    <svg class="clue-picture" viewBox="0 0 56 40" width="56" height="40" aria-hidden="true" focusable="false">
      {drawings[kind] ?? <>{ground}{house}</>}
    </svg>
  );
}
