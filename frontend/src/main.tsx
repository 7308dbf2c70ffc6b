import { render } from "preact";
import { startAnswering } from "./answer.ts";
import { App } from "./app.tsx";
import { startLanguage } from "./i18n/index.ts";
import { startPreview } from "./preview/index.ts";
import { readToken } from "./state.ts";
import { startTheme } from "./ui/theme.ts";
import "./theme.css";

startLanguage();
startTheme();
readToken();
startAnswering();
startPreview();
const root = document.getElementById("app");
if (root !== null) render(<App />, root);
