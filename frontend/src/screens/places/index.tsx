/** Places: where do the things in the picture stand so? A question asked of the user's own maps, with an honest probability. */
import { useEffect } from "preact/hooks";
import { addWords, t } from "../../i18n/index.ts";
import { caseState } from "../../store/signals.ts";
import { Button } from "../../ui/parts.tsx";
import { MapCard } from "./map.tsx";
import "./places.css";
import { QuestionCard } from "./question.tsx";
import { SidePanel } from "./side.tsx";
import { SkylineCard } from "./skyline.tsx";
import { answer, editing, load, loaded, usable, useAsClue } from "./state.ts";
import { PlacesTable } from "./table.tsx";
import { answerWords } from "./words.ts";
import ar from "./words.ar.json";
import en from "./words.en.json";
import ru from "./words.ru.json";
import zh from "./words.zh.json";

addWords({ en, ar, ru, zh });

export { SidePanel as Side };

export function Screen() {
  const path = caseState.value?.path;
  useEffect(() => { void load(); }, [path]);
  const found = answer.value;
  const words = found === null ? { head: t("places.head.ask"), more: t("places.more.ask") } : answerWords(found);
  const noMap = loaded.value !== null && loaded.value.maps.length === 0;
  return (
    <>
      <header class="screen-head">
        <div class="grow"><p class="eyebrow"><span>{t("places.name")}</span></p><h1>{words.head}</h1><p class="lede">{words.more}</p></div>
        {found !== null && (
          <div class="acts">
            <Button onClick={() => { editing.value = true; }}>{t("places.change")}</Button>
            <Button kind="main" disabled={!usable.value} onClick={() => void useAsClue()}>{t("places.useClue")}</Button>
          </div>
        )}
      </header>
      {noMap && <div class="note note-warn places-nomap"><p><b>{t("places.maps.none")}</b> <code dir="ltr">noonmark world add FILE.osm.pbf</code></p></div>}
      <div class="body places-body">
        {loaded.value === null ? <section class="card question-card"><p class="card-body soft" role="status">{t("places.loading")}</p></section> : <QuestionCard />}
        {found !== null && found.places.length > 0 && <PlacesTable found={found} />}
        <SkylineCard />
        <MapCard />
      </div>
    </>
  );
}
