/** Who was asked about a claim before it goes out, what is due, and what came. */
import { computed, effect, signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { day, listed, t } from "../../i18n/index.ts";
import { linkTo } from "../../shell/address.ts";
import { Newest } from "../../newest.ts";
import { during, fail, tell } from "../../store/notices.ts";
import { caseState } from "../../store/signals.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { readTime } from "../../ui/entry_formats.ts";
import { Button, Choice, TextField } from "../../ui/parts.tsx";
import { Scrolls } from "../../ui/scrolls.tsx";
import { documents, type Reply } from "./api.ts";
import { LetterDialog } from "./ask.tsx";
import { draft } from "./draft.ts";
import { Head } from "./parts.tsx";
import { view } from "./state.ts";

const replies = signal<Reply[] | null>(null);
const wanted = signal<string | null>(null);
const chosen = computed(() => replies.value?.find((one) => one.id === wanted.value) ?? replies.value?.[0] ?? null);
const reading = new Newest();
async function reloadReplies(): Promise<void> {
  try {
    replies.value = (await documents.replies({ signal: reading.begin() })).replies;
  } catch (error) {
    fail(error);
  }
}
effect(() => {
  if (caseState.value !== null && view.value === "replies") void reloadReplies();
  else if (caseState.value === null) replies.value = null;
});

const asking = signal(false);
const AskButton = ({ main }: { main: boolean }) => <Button kind={main ? "main" : "plain"} icon="plus" onClick={() => { asking.value = true; }}>{t("documents.letter.new")}</Button>;
/** The form for a new letter, where it was asked for; the letter that was put on record is the one that is shown. */
function Asking() {
  if (!asking.value) return null;
  return <LetterDialog onClose={() => { asking.value = false; }} onSaid={async (id) => { wanted.value = id; await reloadReplies(); }} />;
}

const DAY_S = 86_400;
const isDue = (one: Reply): boolean => one.state === "waiting" || one.state === "overdue";
function stateWords(one: Reply): string {
  if (one.state === "waiting") return t("documents.replies.left", { count: Math.max(1, Math.round((one.left_s ?? 0) / DAY_S)) });
  if (one.state === "overdue") return t("documents.replies.overdue");
  return one.answered_at !== null ? t("documents.replies.on", { what: t(`documents.outcome.${one.state}`), day: day(one.answered_at) }) : t(`documents.outcome.${one.state}`);
}
const chipOf = (one: Reply): string => (one.state === "answered" ? "chip chip-good" : one.state === "overdue" ? "chip chip-bad" : one.state === "waiting" ? "chip chip-warn" : "chip");

export function Replies() {
  const all = replies.value;
  const due = all?.filter(isDue).length ?? 0;
  const eyebrow = <><span>{t("screen.documents")}</span><span>{t("documents.view.replies")}</span></>;
  if (all === null) return <Head eyebrow={eyebrow} title={t("documents.loading")} />;
  if (all.length === 0) return <><Head eyebrow={eyebrow} title={t("documents.replies.none")} /><section class="empty"><h2>{t("documents.replies.noneWhat")}</h2><p>{t("documents.replies.noneHow")}</p><p class="buttons"><AskButton main /></p></section><Asking /></>;
  const one = chosen.value;
  return (
    <>
      <Head eyebrow={eyebrow} title={due === 0 ? t("documents.replies.all", { count: all.length }) : t("documents.replies.due", { count: due, all: all.length })} lede={t("documents.replies.lede")} />
      <div class="body replies-body">
        <section class="card scrolls" aria-label={t("documents.view.replies")}>
          <Scrolls class="replies-scroll" tabIndex={0}><table class="table">
            <thead><tr><th>{t("documents.replies.asked")}</th><th>{t("documents.replies.claims")}</th><th>{t("documents.replies.sent")}</th><th>{t("documents.replies.until")}</th><th>{t("documents.replies.answer")}</th></tr></thead>
            <tbody>
              {all.map((each) => (
                <tr key={each.id} aria-current={each === one ? "true" : undefined}>
                  <th scope="row"><button type="button" class="link-button" onClick={() => { wanted.value = each.id; }}><bdi>{each.to.name}</bdi></button></th>
                  <td><ul>{each.claims.map((claim) => <li key={claim.id}><a href={linkTo("claims", [claim.id])}><bdi>{claim.text}</bdi></a></li>)}</ul></td>
                  <td class="num nowrap">{day(each.asked_at)}</td><td class="num nowrap">{day(each.deadline)}</td>
                  <td><span class={chipOf(each)}>{stateWords(each)}</span></td>
                </tr>
              ))}
            </tbody>
          </table></Scrolls>
        </section>
        {one !== null && (
          <section class="card letter-card">
            <div class="card-head"><h2>{t("documents.replies.letter", { to: one.to.name })}</h2><span class="small soft">{t("documents.replies.sentHow", { day: day(one.asked_at), how: one.how })}</span></div>
            <div class="card-body stack">
              <p class="letter" dir="auto">{one.questions ?? t("documents.withdrawn")}</p>
              {one.answer_text !== null && <><h3>{t("documents.replies.answer")}</h3><p class="letter" dir="auto">{one.answer_text}</p></>}
            </div>
          </section>
        )}
      </div>
      <Asking />
    </>
  );
}

export function RepliesSide() {
  const one = chosen.value;
  const entering = useSignal(false);
  if (one === null) return <><div class="side-head"><h2>{t("documents.view.replies")}</h2></div><div class="side-body"><p class="small soft">{t("documents.replies.lede")}</p></div></>;
  return (
    <>
      <div class="side-head"><h2><bdi>{one.to.name}</bdi></h2></div>
      <div class="side-body">
        <section><p class="buttons"><AskButton main={false} /></p></section>
        <section>
          <dl class="facts">
            <dt>{t("documents.replies.sent")}</dt><dd>{listed([day(one.asked_at), one.how])}</dd>
            <dt>{t("documents.replies.until")}</dt><dd><b>{day(one.deadline)}</b></dd>
            <dt>{t("documents.replies.answer")}</dt><dd><span class={chipOf(one)}>{stateWords(one)}</span></dd>
          </dl>
          {isDue(one) && <p class="buttons"><Button kind="main" class="small-button" onClick={() => { entering.value = true; }}>{t("documents.replies.enter")}</Button></p>}
        </section>
        {isDue(one) && <section><h3>{t("documents.replies.nothing")}</h3><p class="small">{t("documents.replies.nothingThen", { to: one.to.name, asked: day(one.asked_at), deadline: day(one.deadline) })}</p></section>}
      </div>
      {entering.value && <AnswerDialog one={one} onClose={() => { entering.value = false; }} />}
    </>
  );
}

const OUTCOMES = ["answered", "refused", "silence", "undeliverable"] as const;
function AnswerDialog({ one, onClose }: { one: Reply; onClose: () => void }) {
  const kept = useRef(draft(`reply ${one.id}`, { outcome: "answered", text: "", at: "" }));
  const wrong = useSignal<{ text?: string; at?: string }>({});
  const form = kept.current.value.value;
  const put = (part: Partial<typeof form>): void => {
    kept.current.put({ ...kept.current.value.peek(), ...part });
    wrong.value = {};
  };
  const send = async (): Promise<void> => {
    const { outcome, text, at } = kept.current.value.peek();
    const when = at.trim() === "" ? null : readTime(at);
    const found: typeof wrong.value = {};
    if (outcome === "answered" && text.trim() === "") found.text = t("documents.replies.textMissing");
    if (at.trim() !== "" && when === null) found.at = t("documents.replies.dayWrong");
    wrong.value = found;
    if (Object.keys(found).length > 0) return;
    const told = await during(t("documents.saying"), () => documents.reply({ over: one.id, outcome, ...(outcome === "answered" ? { answer_text: text.trim() } : {}), ...(when === null ? {} : { answered_at: when }) }));
    if (told === null) return;
    kept.current.clear();
    tell("done", t("documents.replies.entered"));
    onClose();
    await reloadReplies();
  };
  return (
    <Dialog title={t("documents.replies.enter")} onClose={onClose}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <Choice label={t("documents.replies.outcome")} value={form.outcome} options={OUTCOMES.map((each) => ({ value: each, label: t(`documents.outcome.${each}`) }))} onValue={(outcome) => put({ outcome })} />
        {form.outcome === "answered" && <TextField label={t("documents.replies.text")} value={form.text} lines={5} onValue={(text) => put({ text })} error={wrong.value.text} />}
        <TextField label={t("documents.replies.day")} value={form.at} onValue={(at) => put({ at })} error={wrong.value.at} placeholder="2026-11-11" ltr />
        <p class="buttons"><Button type="submit" kind="main">{t("documents.replies.say")}</Button></p>
      </form>
    </Dialog>
  );
}
