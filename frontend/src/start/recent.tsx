import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { day, plain, t } from "../i18n/index.ts";
import { calls, type RecentCases } from "../shell/calls.ts";
import { busy, fail } from "../store/notices.ts";
import { Button, Switch } from "../ui/parts.tsx";
import { openPath } from "./enter.ts";

/** The cases that were open on this machine; nothing of the list leaves it, and it can be switched off. */
export function RecentCasesList() {
  const told = useSignal<RecentCases | null>(null);
  const take = (answer: Promise<RecentCases>): void => void answer.then((found) => { told.value = found; }).catch(fail);
  useEffect(() => take(calls.recent()), []);
  const found = told.value;
  if (found === null) return null;
  return (
    <section class="start-recent card" aria-labelledby="start-recent">
      <div class="card-head">
        <h2 id="start-recent">{t("start.recent")}</h2>
        <Switch label={t("start.remember")} on={found.keep} onTurn={(keep) => take(calls.keepRecent(keep))} />
      </div>
      {found.cases.length === 0 ? <p class="card-body soft">{t(found.keep ? "start.noRecent" : "start.notKept")}</p> : (
        <ul class="list">
          {found.cases.map((one) => (
            <li key={one.path}>
              <div class="grow">
                <p>{one.missing ? <bdi>{plain(one.name)}</bdi> : <button type="button" class="link" disabled={busy.value.length > 0} onClick={() => void openPath(one.path)}><bdi>{plain(one.name)}</bdi></button>}</p>
                <p class="tiny soft"><bdi dir="ltr">{plain(one.path)}</bdi></p>
              </div>
              {one.missing && <span class="chip chip-warn">{t("start.missing")}</span>}
              <span class="small soft num nowrap">{day(one.at)}</span>
              <Button icon="close" kind="quiet" bare onClick={() => take(calls.forgetRecent(one.path))}>{t("start.forget", { name: plain(one.name) })}</Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
