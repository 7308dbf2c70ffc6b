import { useSignal } from "@preact/signals";
import { language, number, percent, rough, t } from "../i18n/index.ts";
import { edit } from "../store/edit.ts";
import { answer, answerStale, askedClues, frameKey, inquiry, items, newId, selectedItem, selectFrame, whyLeftOut } from "../store/signals.ts";
import type { Clue, ClueReport, FrameKey, Inquiry, KeptClue } from "../types.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Button, Icon, Quote, Switch, Told } from "../ui/parts.tsx";
import { ClueForm } from "./form.tsx";
import { fromAdvice, groups, nameKey, reading, whatKey } from "./kinds.ts";
import { edited, withMoment } from "./moment.ts";
import { Named } from "./named.tsx";
import { CluePicture } from "./pictures.tsx";
import { shrinkWords } from "./shrink.ts";

/** What is known, how hard each clue pulls, and what the answer would be without it. */
export function Clues() {
  const adding = useSignal<{ kind: string | null; fill?: Partial<Clue> } | null>(null);
  const editing = useSignal<string | null>(null);
  const kept = inquiry.value.clues;
  const on = askedClues.value;
  const last = answer.value?.answer;
  const told = answerStale.value ? undefined : last;
  // While a new answer is computed the last one's words stay, dimmed: nothing jumps under the pointer.
  const same = last !== undefined && last.clues.length === on.length && last.clues.every((report) => on[report.index]?.clue.kind === report.kind);
  const reportOf = (one: KeptClue): ClueReport | undefined => (same ? last.clues.find((report) => report.index === on.indexOf(one)) : undefined);
  const add = (clue: Clue): void => {
    const picture = selectedItem.value === null || selectedItem.value.kind === "other" ? null : frameKey.value;
    edit(`added a clue: ${clue.kind}`, (now) => ({ ...now, clues: [...now.clues, added(now, clue, picture)] }));
    adding.value = null;
  };
  return (
    <div class="clues">
      {told !== undefined && told.conflicts.length > 0 && (
        <section class="conflicts" aria-label={t("clues.conflicts")}>
          <h3><Icon name="warn" />{t("clues.conflicts")}</h3>
          <ul>
            {told.conflicts.map((conflict, index) => (
              <li key={index}>
                <strong>{conflict.clues.map((at) => (on[at] === undefined ? "?" : t(nameKey(on[at].clue.kind)))).join(" · ")}</strong>
                <span> {language.value === "en" ? <Told>{conflict.why}</Told> : t("clues.conflictWhy")}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {kept.length === 0 && <p class="empty">{t("clues.empty")}</p>}
      <ul class="clue-list">
        {kept.map((one) => (editing.value === one.id ? (
          <li key={one.id} class="clue-card">
            <ClueForm
              kind={one.clue.kind} clue={one.clue} onCancel={() => { editing.value = null; }}
              onDone={(clue) => {
                edit(`changed a clue: ${clue.kind}`, (now) => ({ ...now, clues: now.clues.map((old) => (old.id === one.id ? edited(old, clue) : old)) }));
                editing.value = null;
              }}
            />
          </li>
        ) : <ClueCard key={one.id} one={one} report={reportOf(one)} onEdit={() => { editing.value = one.id; }} />))}
      </ul>
      <div class="clue-add">
        <Button icon="add" kind="main" onClick={() => { adding.value = { kind: null }; }}>{t("clues.add")}</Button>
      </div>
      <Named />
      {last !== undefined && last.advice.length > 0 && <Advice onTake={(kind, fill) => { adding.value = { kind, fill }; }} />}
      {adding.value !== null && (
        <Dialog title={t("clues.add")} onClose={() => { adding.value = null; }} wide={adding.value.kind === null}>
          {adding.value.kind === null ? (
            <Kinds onChoose={(kind) => { adding.value = { kind }; }} />
          ) : (
            <ClueForm kind={adding.value.kind} fill={adding.value.fill} onDone={add} onCancel={() => { adding.value = null; }} />
          )}
        </Dialog>
      )}
    </div>
  );
}

/** A new clue; with a picture on screen it is of that picture's moment, unless it says a time of its own. */
function added(now: Inquiry, clue: Clue, picture: FrameKey | null): KeptClue {
  const fresh: KeptClue = { id: newId("clue"), on: true, clue };
  const timed = clue["at"] !== undefined || clue["offset_s"] !== undefined;
  return picture === null || timed ? fresh : withMoment({ ...fresh, picture }, now);
}

function Kinds({ onChoose }: { onChoose: (kind: string) => void }) {
  return (
    <div class="kinds">
      {groups.map((group) => (
        <section key={group.key} aria-label={t(`clues.group.${group.key}`)}>
          <h3>{t(`clues.group.${group.key}`)}</h3>
          <ul>
            {group.kinds.map((kind) => (
              <li key={kind}>
                <button type="button" class="kind" data-kind={kind} onClick={() => onChoose(kind)}>
                  <CluePicture kind={kind} />
                  <span><strong>{t(nameKey(kind))}</strong><span class="hint">{t(whatKey(kind))}</span></span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function ClueCard({ one, report, onEdit }: { one: KeptClue; report: ClueReport | undefined; onEdit: () => void }) {
  const name = t(nameKey(one.clue.kind));
  const turn = (to: boolean): void =>
    edit(to ? `turned a clue on: ${one.clue.kind}` : `turned a clue off: ${one.clue.kind}`, (now) => ({ ...now, clues: now.clues.map((old) => (old.id === one.id ? { ...old, on: to } : old)) }));
  const frame = (one.frame ?? one.picture)?.split(":") ?? null;
  const item = frame === null ? undefined : items.value.find((candidate) => candidate.sha256 === frame[0]);
  const note = one.clue["note"];
  const trouble = one.on ? whyLeftOut(one) : null;
  return (
    <li class={one.on ? "clue-card" : "clue-card off"}>
      <CluePicture kind={one.clue.kind} />
      <div class="clue-body">
        <p class="clue-name"><strong>{name}</strong> <span class="clue-reading" dir="auto">{reading(one.clue)}</span></p>
        {frame !== null && (
          <p class="soft"><button type="button" class="link" onClick={() => selectFrame(frame[0] ?? "", Number(frame[1]))}>{t(one.frame === undefined ? "footage.clue.atPicture" : "clue.fromFrame", { name: item?.name ?? "?", number: Number(frame[1]) })}</button></p>
        )}
        {typeof note === "string" && note !== "" && <Note note={note} />}
        {trouble !== null && <p class="clue-trouble"><Icon name="warn" /><span>{t("footage.clue.leftOut")} <Told lang={trouble.lang}>{trouble.text}</Told></span></p>}
        {report !== undefined && <Pull report={report} />}
      </div>
      <div class="clue-acts">
        <Switch label={t("clue.on", { name })} hideLabel on={one.on} onTurn={turn} />
        {one.frame === undefined && <Button icon="edit" kind="quiet" bare onClick={onEdit}>{t("clue.edit", { name })}</Button>}
        <Button icon="bin" kind="quiet" bare onClick={() => edit(`removed a clue: ${one.clue.kind}`, (now) => ({ ...now, clues: now.clues.filter((old) => old.id !== one.id) }))}>{t("clue.remove", { name })}</Button>
      </div>
    </li>
  );
}

/** What a clue's note says; of places, where their maps are from, and which question found them only on demand. */
function Note({ note }: { note: string }) {
  const [, maps, question] = /^(.+); question ([0-9a-f]{16})$/.exec(note) ?? [];
  if (maps === undefined) return <p class="soft"><Quote>{note}</Quote></p>;
  return (
    <>
      <p class="soft">{t("clue.maps")} <Told>{maps}</Told></p>
      <details class="act-digests"><summary class="small soft">{t("record.digests")}</summary><p class="small">{t("clue.question")} <code dir="ltr">{question ?? ""}</code></p></details>
    </>
  );
}

/** How far the clue stands from the best answer, on a scale of four sigmas, and what it was worth. */
function Pull({ report }: { report: ClueReport }) {
  const pull = report.pull_sigma;
  const tone = report.outlier > 0.5 ? "bad" : pull !== null && Math.abs(pull) > 2 ? "warn" : "good";
  return (
    <p class={`pull pull-${tone}${answerStale.value ? " waits" : ""}`}>
      {pull !== null && (
        <>
          <svg class="pull-bar" viewBox="0 0 80 8" width="80" height="8" aria-hidden="true">
            <path d="M0 4h80M20 1v6M40 1v6M60 1v6" class="pull-scale" />
            <circle cx={Math.min(77, (Math.abs(pull) / 4) * 80 + 3)} cy="4" r="3" />
          </svg>
          <span>{t("clue.pull", { sigma: number(Math.abs(pull), 1) })}</span>
        </>
      )}
      {typeof report.chance === "number" && <span>{t("clue.seen", { share: percent(report.chance) })}</span>}
      {report.area_km2_without !== null && <span class="soft">{t("clue.without", { area: rough(report.area_km2_without) })}</span>}
      {report.outlier > 0.5 && <span class="pull-outlier">{t("clue.outlier", { share: percent(report.outlier) })}</span>}
    </p>
  );
}

function Advice({ onTake }: { onTake: (kind: string, fill: Partial<Clue>) => void }) {
  const now = answer.value?.answer;
  if (now === undefined) return null;
  return (
    <section class={answerStale.value ? "advice waits" : "advice"} aria-label={t("advice.title")} aria-busy={answerStale.value}>
      <h3>{t("advice.title")}</h3>
      <ul>
        {now.advice.slice(0, 5).map((line) => {
          const kind = fromAdvice(line.measure);
          return (
            <li key={line.measure}>
              <span>
                <strong>{measureWords(line.measure, line.sigma_deg)}</strong>
                <span class="soft"> {shrinkWords(line)}</span>
              </span>
              {kind !== null && <Button icon="add" kind="quiet" bare onClick={() => onTake(kind.kind, kind.fill)}>{t("advice.add", { measure: measureWords(line.measure, line.sigma_deg) })}</Button>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function measureWords(measure: string, sigma: number | null): string {
  const facing = /facing (north|south|east|west)/.exec(measure)?.[1];
  if (measure.startsWith("lit_face") && facing !== undefined) return t("advice.lit", { side: t(`side.${facing as "north"}`) });
  if (measure.startsWith("date")) return t("advice.date");
  if (measure.startsWith("time of day")) return t("advice.time");
  if (measure.startsWith("shadow_turn")) return t("advice.turn");
  const kind = /^[a-z_]+/.exec(measure)?.[0] ?? "";
  return groups.some((group) => group.kinds.includes(kind)) ? t("advice.within", { name: t(nameKey(kind)), sigma: sigma ?? 0 }) : measure;
}
