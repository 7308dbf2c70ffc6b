/** One picture, and what it says: the frame, the map, the sun, the calendar. */
import { CalendarView } from "../../calendar/view.tsx";
import { FrameView } from "../../frame/index.tsx";
import { addWords, t } from "../../i18n/index.ts";
import { Beside } from "../../items/beside.tsx";
import { Rail } from "../../items/rail.tsx";
import { FrameStrip } from "../../items/strip.tsx";
import { MapView } from "../../map/view.tsx";
import { Panel } from "../../panel/panel.tsx";
import { Readout } from "../../shell/readout.tsx";
import { SkyDome } from "../../sky/index.tsx";
import "./footage.css";
import ar from "./words.ar.json";
import en from "./words.en.json";
import ru from "./words.ru.json";
import zh from "./words.zh.json";

addWords({ en, ar, ru, zh });

export function Screen() {
  return (
    <div class="footage">
      <h1 class="unseen">{t("region.items")}</h1>
      <Readout />
      <Rail />
      <div class="work">
        <section class="region region-frame" aria-label={t("region.frame")}>
          <div class="frame-row">
            <FrameView />
            <Beside />
          </div>
          <FrameStrip />
        </section>
        <section class="region region-map" aria-label={t("region.map")}><MapView /></section>
        <section class="region region-sun" aria-label={t("region.sun")}><SkyDome /></section>
        <section class="region region-calendar" aria-label={t("region.calendar")}><CalendarView /></section>
      </div>
    </div>
  );
}

export { Panel as Side };
