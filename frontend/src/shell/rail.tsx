import { number, t } from "../i18n/index.ts";
import { address, linkTo, screenNames, type ScreenName } from "./address.ts";
import { overview } from "./overview.ts";
import { showingKeys } from "./keys_help.tsx";
import { LAST_OF_GROUP } from "./screens.ts";

const icons: Record<ScreenName, string> = {
  overview: "M4 5h7v6H4zM14 5h6v4h-6zM4 14h7v5H4zM14 12h6v7h-6z",
  footage: "M4 6h11v12H4zM15 10l5-3v10l-5-3",
  places: "M12 21s6.5-6 6.5-11a6.5 6.5 0 1 0-13 0c0 5 6.5 11 6.5 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
  sites: "M4 8l8-4 8 4-8 4zM4 12l8 4 8-4M4 16l8 4 8-4",
  documents: "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
  accounts: "M5 5h14v10h-8l-4 4v-4H5zM8.5 9h7M8.5 12h4",
  claims: "M4 6h16M4 12h16M4 18h16M9 4v16M15 4v16",
  report: "M6 3h12v18H6zM9 8h6M9 12h6M9 16l1.5 1.5L14 14.5",
};

export function ScreenIcon({ name }: { name: ScreenName }) {
  return <svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" focusable="false"><path d={icons[name]} fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" /></svg>;
}

/** How many things wait on a screen; nothing where none does, or nobody has looked yet. */
function Waits({ name }: { name: ScreenName }) {
  const count = overview.value?.waits[name] ?? 0;
  if (count === 0) return null;
  const said = t("shell.waits", { count });
  return <span class="count" title={said}><span aria-hidden="true">{count > MOST_WAITING ? `${number(MOST_WAITING)}+` : number(count)}</span><span class="unseen">{said}</span></span>;
}
const MOST_WAITING = 999;

/** The screens of a case, the one looked at marked. */
export function ScreenRail() {
  return (
    <nav id="screens" class="rail" aria-label={t("shell.screens")}>
      {screenNames.map((name) => (
        <>
          <a key={name} href={linkTo(name)} data-screen={name} aria-current={address.value.screen === name ? "page" : undefined}>
            <ScreenIcon name={name} /><span>{t(`screen.${name}`)}</span><Waits name={name} />
          </a>
          {LAST_OF_GROUP.includes(name) && <hr />}
        </>
      ))}
      <p class="rail-foot"><button type="button" class="link" onClick={() => { showingKeys.value = true; }}>{t("keys.title")}</button><br />{t("shell.local")}</p>
    </nav>
  );
}
