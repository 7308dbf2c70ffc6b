/** Names of languages, as each language of the page has them. */
const names = new Map<string, Intl.DisplayNames>();

/** The name of a language in the page's language; its tag where it has none. */
export function languageName(tag: string, inLanguage: string): string {
  let known = names.get(inLanguage);
  if (known === undefined) names.set(inLanguage, (known = new Intl.DisplayNames([inLanguage], { type: "language" })));
  try {
    return known.of(tag.replaceAll("_", "-")) ?? tag;
  } catch {
    return tag;
  }
}
