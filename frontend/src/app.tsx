import { FrameView } from "./frame/index.tsx";
import { SkyDome } from "./sky/index.tsx";
import { t } from "./i18n/index.ts";

export function App() {
  return (
    <main class="work">
      <section class="region region-frame" aria-label={t("region.frame")}>
        <FrameView />
      </section>
      <section class="region region-sun" aria-label={t("region.sun")}>
        <SkyDome />
      </section>
    </main>
  );
}
