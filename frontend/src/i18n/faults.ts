/** What went wrong, in the page's language where it has words for the code; else in Python's own, which are English. */
import en from "./en.json";
import { t, type Key } from "./index.ts";

export interface Fault {
  code: string;
  message: string;
  hint: string | null;
}
export interface Words {
  /** What went wrong, as the command line names it. */
  code?: string;
  text: string;
  hint: string | null;
  /** Of both texts, where it may differ from the page's. */
  lang: "en" | null;
  /** Nothing is wrong: something has still to be said. */
  calm?: boolean;
}

/** Refusals that only ask for the next thing. */
const CALM: ReadonlySet<string> = new Set(["no-time", "no-clues"]);

export function faultWords({ code, message, hint }: Fault): Words {
  const key = `fault.${code}`;
  if (key in en) return { code, text: t(key as Key), hint: `${key}.hint` in en ? t(`${key}.hint` as Key) : null, lang: null, ...(CALM.has(code) ? { calm: true } : {}) };
  return message === "" ? { text: t("error.unknown"), hint: null, lang: null } : { text: message, hint, lang: "en" };
}
