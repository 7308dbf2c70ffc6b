/** The check before release: what stops it, what to look at again, what is in order. */
import { useSignal } from "@preact/signals";
import { day, plain, t, type Key } from "../../i18n/index.ts";
import { linkTo } from "../../shell/address.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Button, Icon, Told, ToldWords, TextField } from "../../ui/parts.tsx";
import type { Refusal } from "./api.ts";
import { check, chosen, forget, put, trouble } from "./store.ts";
import en from "./words.en.json";

/** What can stop a release, in the order in which it is told to be in order. */
const codes = [
  "release-digest", "release-packed", "release-unhidden", "source-restricted", "release-consent", "release-restricted", "release-withdrawn",
  "release-disputed",
  "release-conflict", "release-contradiction", "release-no-judgement", "release-no-review", "release-no-reply", "release-wording",
];

export function Side() {
  const found = check.value;
  return (
    <>
      <div class="side-head"><h2>{t("report.check")}</h2></div>
      <div class="side-body" id="report-check">
        {trouble.value !== null && (
          <section role="alert">
            <div class="note note-bad"><Icon name="warn" /><p><ToldWords words={trouble.value} /></p></div>
            <p><Button onClick={forget}>{t("report.anew")}</Button></p>
          </section>
        )}
        {found !== null && <Stops found={found.refusals} />}
        {found !== null && found.warnings.length > 0 && (
          <section>
            <h3>{t("report.lookAgain")}</h3>
            <ul class="report-points">
              {found.warnings.map((one) => (
                <li key={one.code + one.where}>
                  <span class="report-warn"><Icon name="warn" /></span>
                  <div><p class="small"><b>{t(`report.look.${one.code}`)}</b></p><p class="small soft"><Where of={one.where} /></p><Mend where={one.where} code={one.code} /></div>
                </li>
              ))}
            </ul>
          </section>
        )}
        {found !== null && <Lifted />}
        {found !== null && <InOrder found={found.refusals} />}
      </div>
    </>
  );
}

function Stops({ found }: { found: Refusal[] }) {
  const asked = useSignal<Refusal | null>(null);
  return (
    <section aria-live="polite">
      <h3>{t("report.stops")}</h3>
      {found.length === 0 && <p class="small soft">{t("report.stopsNone")}</p>}
      <ul class="report-points">
        {found.map((one) => (
          <li key={one.code + one.where + one.why}>
            <span class="report-stop"><Icon name="warn" /></span>
            <div>
              <p class="small"><b>{t(`report.stop.${one.code}`)}</b></p>
              <p class="small soft"><Where of={one.where} />: <Because of={one} /></p>
              <Mend where={one.where} code={one.code} />
              {one.may_be_lifted && <Button kind="quiet" onClick={() => { asked.value = one; }}>{t("report.lift")}</Button>}
            </div>
          </li>
        ))}
      </ul>
      {asked.value !== null && <Lift refusal={asked.value} onClose={() => { asked.value = null; }} />}
    </section>
  );
}

/** "claim 762mppvpmp5by4vrbji4yyi3e4" is nobody's word for it: its number, or the start of another id. */
const named = (where: string): string =>
  where.replace(/\b([a-z2-7]{26})\b/g, (id) => {
    const at = check.value?.every_claim.findIndex((one) => one.id === id) ?? -1;
    return at < 0 ? id.slice(0, 6) : String(at + 1);
  });

/** Forms and things that are meant by their kind and the start of their id. */
const KINDS: ReadonlySet<string> = new Set(["account", "judgement", "weigh", "reply", "search", "item", "source"]);
const OWN_WORDS: Readonly<Record<string, Key>> = { "the title": "report.where.title", "the text of the release": "report.where.text", "the release": "report.where.release" };

/** What is meant: a claim by its number, a file by its name, all else by its kind; as it was told where the page has no word for it. */
function Where({ of }: { of: string }) {
  const file = /^item [0-9a-f]+ \((.+)\)$/.exec(of)?.[1];
  if (file !== undefined) return <bdi>{plain(file)}</bdi>;
  const number = check.value?.every_claim.findIndex((one) => of === `claim ${one.id}`) ?? -1;
  if (number >= 0) return <>{t("report.claimNumber", { number: number + 1 })}</>;
  const own = OWN_WORDS[of];
  if (own !== undefined) return <>{t(own)}</>;
  const [kind = "", id = ""] = of.split(" ");
  return KINDS.has(kind) ? <>{t(`report.where.${kind}`, { id: kind === "source" ? id : id.slice(0, 6) })}</> : <Told>{named(of)}</Told>;
}

/** Why it stops the report, in the page's language; Python's own sentence where the page knows no such rule. */
function Because({ of: { code, rule, named: names, why } }: { of: Refusal }) {
  return `report.because.${code}.${rule}` in en ? <>{t(`report.because.${code}.${rule}`, Object.fromEntries(Object.entries(names).map(([name, value]) => [name, /^\d{4}-\d\d-\d\d$/.test(value) ? day(value) : value])))}</> : <Told>{why}</Told>;
}

/** Where it can be mended: the claim that is named, or the footage whose faces are hidden there. */
function Mend({ where, code }: { where: string; code: string }) {
  const claim = /^claim ([a-z2-7]{26})/.exec(where)?.[1];
  const judged = /^(judgement|weigh|reply) /.test(where);
  if (claim !== undefined) return <a class="small" href={linkTo("claims", [claim])}>{t("report.toClaim")}</a>;
  if (judged) return <a class="small" href={linkTo("claims")}>{t("report.toClaims")}</a>;
  if (code === "release-unhidden" || code === "look-unhidden") return <a class="small" href={linkTo("footage")}>{t("report.toFootage")}</a>;
  return null;
}

function Lift({ refusal, onClose }: { refusal: Refusal; onClose: () => void }) {
  const why = useSignal(chosen.value.overrides[refusal.code] ?? "");
  const lift = (): void => {
    put({ overrides: { ...chosen.value.overrides, [refusal.code]: why.value.trim() } });
    onClose();
  };
  return (
    <Dialog title={t("report.liftTitle")} onClose={onClose}>
      <form class="report-form" onSubmit={(event) => { event.preventDefault(); if (why.value.trim() !== "") lift(); }}>
        <p><b>{t(`report.stop.${refusal.code}`)}</b></p>
        <p class="small soft">{t(`report.mend.${refusal.code}`)}</p>
        <p>{t("report.liftWhat")}</p>
        <TextField label={t("report.why")} value={why.value} onValue={(value) => { why.value = value; }} lines={3} required />
        <div class="form-acts"><Button type="submit" kind="danger" disabled={why.value.trim() === ""}>{t("report.liftGo")}</Button></div>
      </form>
    </Dialog>
  );
}

function Lifted() {
  const found = check.value?.lifted ?? [];
  if (found.length === 0) return null;
  const back = (code: string): void => put({ overrides: Object.fromEntries(Object.entries(chosen.value.overrides).filter(([one]) => one !== code)) });
  return (
    <section>
      <h3>{t("report.lifted")}</h3>
      <ul class="report-points">
        {found.map((one) => (
          <li key={one.code + one.where}>
            <span class="report-warn"><Icon name="warn" /></span>
            <div><p class="small"><b>{t(`report.stop.${one.code}`)}</b></p><p class="small soft"><bdi>{one.reason}</bdi></p><Button kind="quiet" onClick={() => back(one.code)}>{t("report.takeBack")}</Button></div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function InOrder({ found }: { found: Refusal[] }) {
  const stopped = new Set(found.map((one) => one.code));
  const order = codes.filter((code) => !stopped.has(code));
  return (
    <section>
      <h3>{t("report.inOrder")}</h3>
      <ul class="report-points">
        {order.map((code) => <li key={code}><span class="report-good"><Icon name="check" /></span><p class="small">{t(`report.order.${code}`)}</p></li>)}
      </ul>
    </section>
  );
}
