import { signal } from "@preact/signals";
import { Clues } from "../clues/list.tsx";
import { t } from "../i18n/index.ts";
import { inquiry } from "../store/signals.ts";
import { Tabs } from "../ui/parts.tsx";
import { Claims } from "./claims.tsx";
import { PriorForm } from "./prior.tsx";
import { StatedPanel } from "./stated.tsx";
import { RecordList } from "./record.tsx";

export type PanelTab = "clues" | "file" | "claims" | "record";
export const panelTab = signal<PanelTab>("clues");

export function Panel() {
  const tab = panelTab.value;
  return (
    <div class="panel">
      <Tabs
        label={t("region.panel")} chosen={tab} onChoose={(key) => { panelTab.value = key; }}
        tabs={[
          { key: "clues", label: t("tab.clues"), count: inquiry.value.clues.length },
          { key: "file", label: t("footage.tab.file") },
          { key: "claims", label: t("tab.claims"), count: inquiry.value.pins.length },
          { key: "record", label: t("tab.record") },
        ]}
      />
      <div class="panel-body" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === "clues" && <><Clues /><PriorForm /></>}
        {tab === "file" && <StatedPanel />}
        {tab === "claims" && <Claims />}
        {tab === "record" && <RecordList />}
      </div>
    </div>
  );
}
