import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api.ts";
import { t } from "../i18n/index.ts";
import { token } from "../store/connection.ts";
import { busy, during, fail } from "../store/notices.ts";
import { takeCase } from "../store/open_case.ts";
import { hello } from "../store/signals.ts";
import { Button, TextField } from "../ui/parts.tsx";
import { TopBar } from "../shell/topbar.tsx";

/** The first screen: open the sample, make a new case, or open an existing one. */
export function StartScreen() {
  const open = useSignal("");
  const fresh = useSignal("");
  useEffect(() => {
    if (token.value === "") return;
    api
      .hello()
      .then(async (told) => {
        hello.value = told;
        if (fresh.value === "") fresh.value = told.home;
        if (told.case !== null) takeCase((await api.state()).state);
      })
      .catch(fail);
  }, []);
  const working = busy.value.length > 0;
  const enter = async (words: string, ask: () => Promise<{ state: Parameters<typeof takeCase>[0] }>): Promise<void> => {
    const reply = await during(words, ask);
    if (reply !== null) takeCase(reply.state);
  };
  return (
    <div class="start">
      <TopBar />
      <main id="main" class="start-main">
        <div class="start-head">
          <Emblem />
          <h1>{t("start.title")}</h1>
          <p>{t("start.what")}</p>
        </div>
        {token.value === "" ? <p class="start-none" role="alert">{t("start.noToken")}</p> : (
          <div class="start-choices">
            <section class="start-choice" aria-labelledby="start-sample">
              <h2 id="start-sample">{t("start.sample")}</h2>
              <p>{t("start.sampleWhat")}</p>
              <Button kind="main" disabled={working} onClick={() => void enter(t("start.opening"), () => api.openCase({ sample: true }))}>{t("start.sampleOpen")}</Button>
            </section>
            <section class="start-choice" aria-labelledby="start-new">
              <h2 id="start-new">{t("start.new")}</h2>
              <p>{t("start.newWhat")}</p>
              <form onSubmit={(event) => { event.preventDefault(); void enter(t("start.making"), () => api.newCase(fresh.value.trim())); }}>
                <TextField label={t("start.folder")} value={fresh.value} onValue={(value) => { fresh.value = value; }} ltr />
                <Button type="submit" disabled={working || fresh.value.trim() === ""}>{t("start.newMake")}</Button>
              </form>
            </section>
            <section class="start-choice" aria-labelledby="start-open">
              <h2 id="start-open">{t("start.open")}</h2>
              <p>{t("start.openWhat")}</p>
              <form onSubmit={(event) => { event.preventDefault(); void enter(t("start.opening"), () => api.openCase({ path: open.value.trim() })); }}>
                <TextField label={t("start.folder")} value={open.value} onValue={(value) => { open.value = value; }} ltr />
                <Button type="submit" disabled={working || open.value.trim() === ""}>{t("start.openGo")}</Button>
              </form>
            </section>
          </div>
        )}
        <p class="start-foot">{t("start.foot")}</p>
      </main>
    </div>
  );
}

/** A gnomon, its shadow at noon, and the year's curve of it. */
function Emblem() {
  return (
    <svg class="emblem" viewBox="0 0 240 96" width="240" height="96" aria-hidden="true" focusable="false">
      <path d="M8 78h224" class="em-soft" />
      <path d="M28 78a92 70 0 0 1 184 0" class="em-soft" />
      <path d="M52 78a68 46 0 0 1 136 0" class="em-soft" stroke-dasharray="2 4" />
      <path d="M120 78V44" class="em-ink" />
      <path d="M120 78 162.5 86" class="em-shade" />
      <circle cx="88" cy="12.4" r="7" class="em-sun" />
      <path d="M93 17.4 162.5 86" class="em-ray" />
      <path d="M104 89q30-6 88 2" class="em-soft" stroke-dasharray="2 4" />
    </svg>
  );
}
