import { useSignal } from "@preact/signals";
import { readTime } from "../clues/schema.ts";
import { t } from "../i18n/index.ts";
import { edit, inquiry } from "../state.ts";
import { TextField } from "../ui/parts.tsx";
import { AreaField } from "./area.tsx";

/** What is taken for granted before any clue: a span of dates and an area. */
export function PriorForm() {
  const { prior } = inquiry.value;
  return (
    <section class="prior" aria-labelledby="prior-title">
      <h3 id="prior-title">{t("prior.title")}</h3>
      <p class="hint">{t("prior.what")}</p>
      <div class="row">
        <When key={`b${prior.not_before ?? ""}`} which="not_before" value={prior.not_before} />
        <When key={`a${prior.not_after ?? ""}`} which="not_after" value={prior.not_after} />
      </div>
      <AreaField
        key={JSON.stringify(prior.area ?? "world")} value={prior.area}
        onArea={(area) => edit("set the area searched", (now) => ({ ...now, prior: area === "world" ? without(now.prior, "area") : { ...now.prior, area } }))}
      />
    </section>
  );
}

function without<T extends object>(value: T, key: keyof T): T {
  const { [key]: _gone, ...rest } = value;
  return rest as T;
}

const neat = (value: string | undefined): string => (value ?? "").replace(/T00:00:00Z$/, "");

function When({ which, value }: { which: "not_before" | "not_after"; value: string | undefined }) {
  const text = useSignal(neat(value));
  const wrong = useSignal(false);
  const done = (typed: string): void => {
    const time = typed.trim() === "" ? undefined : readTime(typed);
    wrong.value = time === null;
    if (time === null || time === value) return;
    const said = which === "not_before" ? "set the earliest date" : "set the latest date";
    edit(time === undefined ? `${said}: none` : `${said}: ${time}`, (now) => ({ ...now, prior: time === undefined ? without(now.prior, which) : { ...now.prior, [which]: time } }));
  };
  return (
    <TextField
      label={t(`prior.${which}`)} value={text.value} onValue={(typed) => { text.value = typed; wrong.value = false; }} onDone={done} ltr placeholder="2024-06-21"
      hint={t("hint.time")} error={wrong.value ? t("wrong.time") : undefined}
    />
  );
}
