/** Sites: the images of a place by date, what people read in them, and between which two of them a thing changed. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Refused } from "../../api.ts";
import { faultWords } from "../../i18n/faults.ts";
import { addWords, t } from "../../i18n/index.ts";
import { go } from "../../shell/address.ts";
import { fail } from "../../store/notices.ts";
import { elsewhere } from "../../store/tabs.ts";
import { useFocusInWork } from "../../ui/hooks.ts";
import { Button, Said, TextField, ToldWords } from "../../ui/parts.tsx";
import { openSite, type SiteView } from "./api.ts";
import { GrowthChart } from "./growth.tsx";
import { loadRules } from "./machine.ts";
import { PairView } from "./pair.tsx";
import { SidePanel } from "./side.tsx";
import "./sites.css";
import { feature, firstUnread, leftToRead, loadSites, loadView, problem, readNext, siteId, sites, view } from "./state.ts";
import { ReadingsTable } from "./table.tsx";
import { answer } from "./words.ts";
import ar from "./words.ar.json";
import en from "./words.en.json";
import ru from "./words.ru.json";
import zh from "./words.zh.json";

addWords({ en, ar, ru, zh });

export { SidePanel as Side };

export function Screen() {
  const id = siteId.value;
  useEffect(() => { void loadSites(); }, [elsewhere.value]);
  useEffect(() => { void loadView(); }, [id, elsewhere.value]);
  const found = view.value;
  useEffect(() => { void loadRules(); }, [found, feature.value?.name]);
  useFocusInWork(id, found === null);
  if (id !== null && found !== null) return <Site found={found} />;
  return (
    <>
      <header class="screen-head"><div class="grow"><p class="eyebrow">{t("sites.name")}</p><h1>{t(id === null || problem.value !== null ? "sites.list.head" : "sites.loading")}</h1><p class="lede">{t("sites.list.more")}</p></div></header>
      <div class="body sites-list">
        {problem.value !== null && <Problem error={problem.value} />}
        {(id === null || problem.value !== null) && <SiteList />}
      </div>
    </>
  );
}

function Problem({ error }: { error: unknown }) {
  return (
    <div class="note note-bad" role="alert">
      <p>{error instanceof Refused ? <ToldWords words={faultWords(error)} /> : String(error)}</p>
      <Button onClick={() => { problem.value = null; void loadSites(); void loadView(); }}>{t("sites.again")}</Button>
    </div>
  );
}

function SiteList() {
  const path = useSignal("");
  const open = async (): Promise<void> => {
    const wanted = path.value.trim();
    if (wanted === "") return;
    try {
      const { site } = await openSite(wanted);
      path.value = "";
      problem.value = null;
      await loadSites();
      go("sites", [site.id]);
    } catch (error) {
      fail(error);
    }
  };
  return (
    <>
      {sites.value !== null && sites.value.length > 0 && (
        <section class="card"><ul class="list" aria-label={t("sites.list")}>
          {sites.value.map((one) => (
            <li key={one.id}>
              <div class="grow"><p><bdi>{one.name}</bdi></p><p class="small soft wraps"><bdi dir="ltr">{one.folder}</bdi></p>{one.problem !== null && <p class="small"><Said text={one.problem} told={one.told?.[one.problem]} /></p>}</div>
              {one.problem === null ? <span class="chip chip-plain">{t("sites.images", { count: one.images })}</span> : <span class="chip chip-bad">{t("sites.unreadable")}</span>}
              <Button kind={one.problem === null ? "main" : "plain"} disabled={one.problem !== null} onClick={() => go("sites", [one.id])} aria-label={t("sites.openNamed", { name: one.name })}>{t("sites.open.site")}</Button>
            </li>
          ))}
        </ul></section>
      )}
      {sites.value?.length === 0 && <section class="empty"><h2>{t("sites.empty")}</h2><p>{t("sites.empty.more")}</p><p><code dir="ltr">noonmark sites add SITE --outline FILE.geojson</code></p></section>}
      <form class="card card-body open-form" onSubmit={(event) => { event.preventDefault(); void open(); }}>
        <TextField label={t("sites.path")} value={path.value} onValue={(value) => { path.value = value; }} hint={t("sites.path.hint")} ltr />
        <Button type="submit" kind={sites.value?.length === 0 ? "main" : "plain"}>{t("sites.open.site")}</Button>
      </form>
    </>
  );
}

function Site({ found }: { found: SiteView }) {
  const name = feature.value?.name ?? "";
  const left = leftToRead(name);
  const { head, more } = answer(found, name, left);
  const conflicts = (found.conflicts ?? []).filter((one) => one.feature === name && one.stage === found.stage);
  const next = firstUnread(name);
  return (
    <>
      <header class="screen-head">
        <div class="grow">
          <p class="eyebrow"><a href="#/sites" onClick={(event) => { event.preventDefault(); go("sites"); }}>{t("sites.name")}</a><span><bdi>{found.name}</bdi></span>{found.blind && <span class="chip chip-warn">{t("sites.blind.chip")}</span>}{found.stage !== "visible" && <span class="chip chip-plain">{t(`sites.stage.${found.stage}`)}</span>}</p>
          <h1>{head}</h1>
          <p class="lede">{more}</p>
        </div>
        <div class="acts"><Button kind="main" disabled={next === null} onClick={() => { readNext(); document.querySelector<HTMLElement>(".pair-stage")?.focus(); }}>{next === null ? t("sites.allRead") : t("sites.readNext", { count: left })}</Button></div>
      </header>
      {conflicts.map((one) => <div key={one.conflict} class="note note-bad sites-open"><p><b>{t("sites.conflict")}</b> <Said text={one.conflict} told={one.told?.[one.conflict]} /></p></div>)}
      <div class="body sites-body">
        {found.images.length === 0 ? <section class="empty"><h2>{t("sites.noImages")}</h2><p><code dir="ltr">noonmark sites images SITE FILE...</code></p></section> : (
          <>
            <ReadingsTable view={found} />
            <PairView view={found} />
            {!found.blind && <GrowthChart view={found} />}
          </>
        )}
      </div>
    </>
  );
}
