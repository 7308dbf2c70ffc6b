import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { moment, number, plain, t } from "../../i18n/index.ts";
import { calls, type RecentCases } from "../../shell/calls.ts";
import { overview } from "../../shell/overview.ts";
import { during } from "../../store/notices.ts";
import { changeCase } from "../../start/enter.ts";
import { caseState, record } from "../../store/signals.ts";
import { Button } from "../../ui/parts.tsx";
import { closeCase } from "../../store/open_case.ts";

/** The case itself: where it lies, what it holds; and the other cases of this machine. */
export function CaseSide() {
  const found = overview.value;
  const open = caseState.value;
  const last = record.value.at(-1);
  if (open === null) return null;
  const files = Object.values(found?.items ?? {}).reduce((sum, count) => sum + count, 0);
  return (
    <>
      <div class="side-head"><h2>{t("overview.thisCase")}</h2></div>
      <div class="side-body">
        <section>
          <dl class="facts">
            <dt>{t("start.folder")}</dt><dd class="mono" dir="ltr">{plain(open.path)}</dd>
            <dt>{t("overview.files")}</dt><dd>{number(files)}</dd>
            {last !== undefined && <><dt>{t("overview.lastAct")}</dt><dd>{moment(last.at)} UTC</dd></>}
            <dt>{t("screen.accounts")}</dt><dd>{number(found?.accounts ?? 0)}</dd>
          </dl>
        </section>
        <OtherCases now={open.path} />
      </div>
    </>
  );
}

function OtherCases({ now }: { now: string }) {
  const recent = useSignal<RecentCases | null>(null);
  useEffect(() => {
    void calls.recent().then((told) => { recent.value = told; }, () => undefined);
  }, [now]);
  const others = recent.value?.cases.filter((one) => one.path !== now && !one.missing).slice(0, 5) ?? [];
  return (
    <section aria-labelledby="overview-others">
      <h3 id="overview-others">{t("overview.otherCases")}</h3>
      <ul class="overview-others">
        {others.map((one) => (
          <li key={one.path}>
            <button type="button" class="link" onClick={() => void during(t("start.opening"), () => changeCase(one.path))}><bdi>{plain(one.name)}</bdi></button>
            <span class="small soft num">{moment(one.at)}</span>
          </li>
        ))}
      </ul>
      <p><Button class="small-button" onClick={() => void closeCase()}>{t("overview.newOrOpen")}</Button></p>
    </section>
  );
}
