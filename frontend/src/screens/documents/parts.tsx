/** Parts that the three views of the Documents screen share. */
import type { ComponentChildren } from "preact";
import { t } from "../../i18n/index.ts";
import { languageName as nameOfLanguage } from "../../ui/language_name.ts";
import { linkTo } from "../../shell/address.ts";
import { view, VIEWS, type View } from "./state.ts";

/** The heading of a view: what one learns here, and the way to the other views. */
export function Head({ eyebrow, title, lede }: { eyebrow: ComponentChildren; title: ComponentChildren; lede?: ComponentChildren }) {
  return (
    <header class="screen-head">
      <div class="grow">
        <p class="eyebrow">{eyebrow}</p>
        <h1>{title}</h1>
        {lede !== undefined && lede !== "" && <p class="lede">{lede}</p>}
      </div>
      <div class="acts">
        <nav class="segments" aria-label={t("documents.views")}>
          {(["read", ...VIEWS] as View[]).map((one) => (
            <a key={one} href={linkTo("documents", one === "read" ? [] : [one])} aria-current={view.value === one ? "page" : undefined}>{t(`documents.view.${one}`)}</a>
          ))}
        </nav>
      </div>
    </header>
  );
}

export type SignKind = "holds" | "near" | "absent" | "unmapped";
/** Shape first, then word, then colour: a full circle, a triangle, a diamond, and the hatched square of what is not decided. */
export function Sign({ kind }: { kind: SignKind }) {
  return (
    <svg class={`sign sign-${kind}`} viewBox="0 0 18 18" width="18" height="18" aria-hidden="true" focusable="false">
      {kind === "holds" && <><circle cx="9" cy="9" r="7.5" class="sign-fill" /><path d="M5.5 9.2 8 11.7 12.6 6.4" class="sign-cut" /></>}
      {kind === "near" && <path d="M9 1.5 17 16.5H1z" class="sign-line" />}
      {kind === "absent" && <path d="M9 1.5 16.5 9 9 16.5 1.5 9z" class="sign-line" />}
      {kind === "unmapped" && <><path d="M2 2h14v14H2z" class="sign-hatch" /><path d="M2 9 9 2M2 16 16 2M9 16l7-7" class="sign-hatch" /></>}
    </svg>
  );
}

/** The name of a language in the page's language; its tag where it has none. */
export function languageName(tag: string, inLanguage: string): string {
  return ["", "und", "unknown", "latin"].includes(tag) ? t("documents.languageUnknown") : nameOfLanguage(tag, inLanguage);
}

/** An alias such as quiet-heron, as it is read: Quiet Heron. */
export const aliasName = (alias: string): string => alias.split("-").map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join(" ");
export const isAlias = (text: string): boolean => /^[a-z]{2,20}-[a-z]{2,20}(-\d{1,6})?$/.test(text);
/** What was typed as an alias, in the form that the case takes: "Quiet Heron" is quiet-heron. */
export const readAlias = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, "-");
