import { render } from "preact";
import { startAnswering } from "./answer.ts";
import { App } from "./app.tsx";
import { startFocus } from "./focus.ts";
import { startLanguage } from "./i18n/index.ts";
import { startLayers } from "./map/layers.ts";
import { startChecking } from "./panel/checking.ts";
import { startPreview } from "./preview/index.ts";
import { startAddress } from "./shell/address.ts";
import { startFollowing } from "./shell/follow.ts";
import { startOverview } from "./shell/overview.ts";
import { startConnection } from "./store/connection.ts";
import { startTabs } from "./store/tabs.ts";
import { startTheme } from "./ui/theme.ts";
import "./theme.css";

startTheme();
startAddress();
startConnection();
startTabs();
startOverview();
startFollowing();
startAnswering();
startFocus();
startChecking();
startLayers();
startPreview();
const root = document.getElementById("app");
// A language that can't be fetched leaves the page in English.
void startLanguage().catch(() => undefined).then(() => {
  if (root !== null) render(<App />, root);
});
