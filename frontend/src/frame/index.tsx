/** The frame: photo and marks, the tools above, what they say below. */
import { useEffect } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { selectedItem } from "../store/signals.ts";
import { Found, shortWords } from "./found.tsx";
import "./frame.css";
import { focusStage } from "./keys.ts";
import { LensForm } from "./lens.tsx";
import { solving, startSolving } from "./solve.ts";
import { large } from "./look.ts";
import { Stage } from "./stage.tsx";
import { chooseMeaning, keptFrame, reply, sheet } from "./store.ts";
import { Told } from "../ui/parts.tsx";
import { MarksTable } from "./table.tsx";
import { meaningOfKey, NextStep, Tools } from "./tools.tsx";

export function FrameView() {
  useEffect(startSolving, []);
  const item = selectedItem.value;
  if (item === null || item.kind === "other") return <p class="soft frame-empty frame-none">{t(item === null ? "frame.noItem" : "frame.notPicture")}</p>;
  return (
    <div class={large.value ? "frame frame-large" : "frame"} onKeyDown={letters}>
      <Tools />
      <div class="stage-wrap">
        <Stage />
        <NextStep />
      </div>
      <p id="frame-help" class="unseen">{t("frame.help")}</p>
      <Drawer />
    </div>
  );
}

/** Letters choose a meaning while the photo or a point has the focus. */
function letters(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = event.target as HTMLElement;
  if (!target.matches(".stage-keys, .point, .tool")) return;
  const means = meaningOfKey(event.key);
  if (means === null) return;
  event.preventDefault();
  chooseMeaning(means);
  focusStage();
}

function Drawer() {
  const open = sheet;
  const count = keptFrame.value?.marks.mark.length ?? 0;
  const state = solving.value?.state ?? "idle";
  const conflicts = reply.value?.conflicts.length ?? 0;
  const tab = (key: "marks" | "lens" | "found", label: string, extra?: string, tone = "") => (
    <button type="button" class="drawer-tab" aria-expanded={open.value === key} aria-controls="frame-drawer" onClick={() => { open.value = open.value === key ? null : key; }}>
      {label}
      {extra !== undefined && extra !== "" && <span class={`count ${tone}`}>{extra}</span>}
    </button>
  );
  return (
    <div class={open.value === null ? "drawer" : "drawer drawer-open"}>
      <div class="drawer-head">
        {tab("marks", t("frame.drawer.marks"), count > 0 ? String(count) : "")}
        {tab("lens", t("frame.drawer.lens"))}
        {tab("found", t("frame.drawer.found"), conflicts > 0 ? String(conflicts) : "", "count-bad")}
        <p class="drawer-words" role="status" data-state={state}>
          {state === "working" ? t("frame.found.working") : state === "refused" ? <Told lang={solving.value?.words.lang ?? null}>{solving.value?.words.text ?? ""}</Told> : shortWords(reply.value)}
        </p>
      </div>
      <div id="frame-drawer" class="drawer-body" hidden={open.value === null}>
        {open.value === "marks" && <MarksTable />}
        {open.value === "lens" && <LensForm />}
        {open.value === "found" && <Found />}
      </div>
    </div>
  );
}
