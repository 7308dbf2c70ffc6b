import { t } from "../i18n/index.ts";
import { stable } from "../stable.ts";
import { edit } from "../store/edit.ts";
import { inquiry } from "../store/signals.ts";
import { setUnfinished } from "../store/unfinished.ts";
import type { Area } from "../types.ts";
import { Entry } from "../ui/entry.tsx";
import { endTime, time } from "../ui/entry_formats.ts";
import { AreaField } from "./area.tsx";

/** What is taken for granted before any clue: a span of dates and an area. */
export function PriorForm() {
  const { prior } = inquiry.value;
  return (
    <section class="prior" aria-labelledby="prior-title">
      <h3 id="prior-title">{t("prior.title")}</h3>
      <p class="hint">{t("prior.what")}</p>
      <div class="row">
        <When which="not_before" />
        <When which="not_after" />
      </div>
      <AreaField
        key={JSON.stringify(prior.area ?? "world")} value={prior.area} onArea={takeArea}
      />
    </section>
  );
}

/** An area that is whole is searched once its typing has ended; until then there is no answer. */
function takeArea(area: Area | null, done: boolean): void {
  setUnfinished("area", area === null ? "wrong" : done ? null : "typing");
  if (area === null || !done) return;
  edit("set the area searched", (now) => {
    if (stable(now.prior.area ?? "world") === stable(area)) return now;
    return { ...now, prior: area === "world" ? without(now.prior, "area") : { ...now.prior, area } };
  });
}

function without<T extends object>(value: T, key: keyof T): T {
  const { [key]: _gone, ...rest } = value;
  return rest as T;
}

function When({ which }: { which: "not_before" | "not_after" }) {
  const said = which === "not_before" ? "set the earliest date" : "set the latest date";
  const set = (at: string | null): void =>
    edit(`${said}: ${at ?? "none"}`, (now) => ({ ...now, prior: at === null ? without(now.prior, which) : { ...now.prior, [which]: at } }));
  return (
    <Entry
      of={which === "not_before" ? time : endTime} look="field" optional label={t(`prior.${which}`)} value={inquiry.value.prior[which]} onValue={set}
      onUnfinished={(state) => setUnfinished(which, state)}
      placeholder="2024-06-21"
    />
  );
}
