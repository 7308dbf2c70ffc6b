/** The report as it would be written, in English as the command line writes it; this part is what prints. */
import type { ComponentChildren } from "preact";
import { t } from "../../i18n/index.ts";
import type { Sheet, SheetClaim, SheetText } from "./api.ts";

const groups: [string, string][] = [
  ["contradicts", "What speaks against it"],
  ["strains", "What strains it without contradicting it"],
  ["cannot_be_tested", "What could not be tested"],
  ["supports", "What supports it"],
  ["consistent", "What is consistent with it and does not decide"],
  ["does_not_bear", "What does not bear on it"],
];

export function SheetView({ sheet, draft }: { sheet: Sheet; draft: boolean }) {
  return (
    <article class="report-sheet" lang="en" dir="ltr" aria-label={t("report.sheet")}>
      {draft && <p class="soft">Draft. Not for release.</p>}
      <h2 dir="auto">{sheet.title}</h2>
      {sheet.prose.map((part, at) => <p key={at} dir="auto">{part}</p>)}
      {sheet.claims.map((claim) => <Claim key={claim.identity} claim={claim} />)}
      {sheet.evidence.length > 0 && <h3>Evidence</h3>}
      {sheet.evidence.map((one) => (
        <section key={one.number} class="report-evidence">
          <h4>{one.number}. {one.heading}</h4>
          <Said texts={one.texts} />
          <dl>{one.facts.map(([name, value], at) => <div key={at}><dt>{name}</dt><dd dir="auto">{value}</dd></div>)}</dl>
          {one.pictures.map((caption) => <p key={caption} class="soft">Figure: <bdi>{caption}</bdi></p>)}
          {one.files.length > 0 && <p class="soft">{one.words_only ? "Words alone. File " : "File "}{one.files.join(", ")}</p>}
        </section>
      ))}
      {sheet.files.length > 0 && <h3>Files</h3>}
      <ol class="report-files">
        {sheet.files.map((one) => (
          <li key={one.number} value={one.number}>
            <bdi>{one.name}</bdi>: {one.state}{one.why !== "" && <> (<bdi>{one.why}</bdi>)</>}
            {one.sha256 !== "" && <code class="report-digest">{one.sha256}</code>}
          </li>
        ))}
      </ol>
      {sheet.lifted.length > 0 && <><h3>Released in spite of</h3><ul>{sheet.lifted.map(([what, why]) => <li key={what}><bdi>{what}</bdi>: <bdi>{why}</bdi></li>)}</ul></>}
    </article>
  );
}

function Claim({ claim }: { claim: SheetClaim }) {
  return (
    <section>
      <h3>Claim {claim.number}. <Said texts={claim.texts} inline /></h3>
      {claim.judgements.filter((one) => one.standing).map((one, at) => (
        <div key={at}>
          <p>{one.likelihood}</p>
          <p>{one.confidence}</p>
          <p dir="auto">{one.why}</p>
          {one.reviews.map((review) => <p key={review.by} class="soft">Reviewed by {review.by}: {review.verdict}. <bdi>{review.why}</bdi></p>)}
        </div>
      ))}
      <p>{claim.origins}</p>
      {groups.map(([stance, heading]) => {
        const found = claim.weighings.filter((one) => one.stance === stance);
        if (found.length === 0) return stance === "contradicts" ? <Group key={stance} heading={heading}><li>Nothing that was found.</li></Group> : null;
        return (
          <Group key={stance} heading={heading}>
            {found.map((one, at) => <li key={at}><bdi>{one.why}</bdi> (evidence {one.evidence.join(", ")}){one.answer !== "" && <> Answered: <bdi>{one.answer}</bdi></>}</li>)}
          </Group>
        );
      })}
      {claim.replies.map((one) => <p key={one.to}><b>The answer of <bdi>{one.to}</bdi>:</b> {one.outcome} <Said texts={one.answer} inline /></p>)}
    </section>
  );
}

function Group({ heading, children }: { heading: string; children: ComponentChildren }) {
  return <><h4>{heading}</h4><ul>{children}</ul></>;
}

function Said({ texts, inline = false }: { texts: SheetText[]; inline?: boolean }) {
  if (inline) return <>{texts.map((one, at) => <bdi key={at} lang={one.language}>{at > 0 ? " · " : ""}{one.text}</bdi>)}</>;
  return <>{texts.map((one, at) => <blockquote key={at} lang={one.language} dir="auto">{one.text}{one.note !== "" && <span class="soft" dir="ltr" lang="en"> ({one.note})</span>}</blockquote>)}</>;
}
