/** Letters to press where the keyboard has none: Uyghur, Kazakh, Tibetan, Burmese. One tab stop, arrows inside. */
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import { language, t } from "../i18n/index.ts";
import { languageName } from "./language_name.ts";

const LETTERS: Record<string, string[]> = {
  ug: ["ئ ا ە ب پ ت ج چ خ د", "ر ز ژ س ش غ ف ق ك گ", "ڭ ل م ن ھ و ۇ ۆ ۈ ۋ", "ې ى ي ، ؟ «  »"],
  kk: ["ә і ң ғ ү ұ қ ө һ", "а б в г д е ё ж з и й", "к л м н о п р с т у ф", "х ц ч ш щ ъ ы ь э ю я"],
  bo: ["ཀ ཁ ག ང ཅ ཆ ཇ ཉ ཏ ཐ", "ད ན པ ཕ བ མ ཙ ཚ ཛ ཝ", "ཞ ཟ འ ཡ ར ལ ཤ ས ཧ ཨ", "ྐ ྑ ྒ ྔ ྕ ྗ ྙ ྟ ྠ ྡ", "ྣ ྤ ྥ ྦ ྨ ྩ ྪ ྫ ྷ ྶ", "ི ུ ེ ོ ྱ ྲ ླ ྭ ་ །"],
  my: ["က ခ ဂ ဃ င စ ဆ ဇ ဈ ည", "ဋ ဌ ဍ ဎ ဏ တ ထ ဒ ဓ န", "ပ ဖ ဗ ဘ မ ယ ရ လ ဝ သ", "ဟ ဠ အ ဣ ဤ ဥ ဦ ဧ ဩ ဪ", "ဉ ဿ ၌ ၍ ၎ ၏", "ာ ါ ိ ီ ု ူ ေ ဲ ံ ့ း", "ျ ြ ွ ှ ် ္ ၊ ။"],
};

/** Puts a letter where the field's cursor stands, in place of what is chosen there; `onText` gets the whole. */
function put(field: HTMLInputElement, letter: string, onText: (text: string) => void): void {
  const [start, end] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
  replace(field, field.value.slice(0, start) + letter, field.value.slice(end), onText);
}

/** Takes away what is chosen in the field, or the letter before its cursor. */
function takeBack(field: HTMLInputElement, onText: (text: string) => void): void {
  const [start, end] = [field.selectionStart ?? 0, field.selectionEnd ?? 0];
  const before = [...field.value.slice(0, start)];
  replace(field, (start === end ? before.slice(0, -1) : before).join(""), field.value.slice(end), onText);
}

function replace(field: HTMLInputElement, before: string, after: string, onText: (text: string) => void): void {
  field.value = before + after;
  field.setSelectionRange(before.length, before.length);
  onText(field.value);
}

/** The letters of one script at a time, pressed into a field. */
export function Letters({ field, onText }: { field: RefObject<HTMLInputElement | null>; onText: (text: string) => void }) {
  const onLetter = (letter: string): void => { if (field.current !== null) put(field.current, letter, onText); };
  const onBack = (): void => { if (field.current !== null) takeBack(field.current, onText); };
  const script = useSignal("ug");
  const at = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const rows = (LETTERS[script.value] ?? []).map((row) => row.split(/ +/));
  const flat = rows.flat();
  const rtl = script.value === "ug";
  const move = (event: KeyboardEvent): void => {
    const forward = rtl ? "ArrowLeft" : "ArrowRight";
    const back = rtl ? "ArrowRight" : "ArrowLeft";
    const width = rows[0]?.length ?? 1;
    const step = event.key === forward ? 1 : event.key === back ? -1 : event.key === "ArrowDown" ? width : event.key === "ArrowUp" ? -width : event.key === "Home" ? -at.value : event.key === "End" ? flat.length - 1 - at.value : 0;
    if (step === 0) return;
    event.preventDefault();
    at.value = Math.min(flat.length - 1, Math.max(0, at.value + step));
    box.current?.querySelectorAll<HTMLButtonElement>("[data-letter]")[at.value]?.focus();
  };
  let index = -1;
  return (
    <div class="letters">
      <label class="letters-script">
        <span class="unseen">{t("letters.script")}</span>
        <select value={script.value} onChange={(event) => { script.value = event.currentTarget.value; at.value = 0; }}>
          {Object.keys(LETTERS).map((tag) => <option key={tag} value={tag} selected={tag === script.value}>{languageName(tag, language.value)}</option>)}
        </select>
      </label>
      <div ref={box} class="letters-rows" role="group" aria-label={t("letters.of", { language: languageName(script.value, language.value) })} lang={script.value} dir={rtl ? "rtl" : "ltr"} onKeyDown={move}>
        {rows.map((row, number) => (
          <div key={number} class="letters-row">
            {row.map((letter) => {
              index += 1;
              const own = index;
              return <button key={letter} type="button" data-letter={letter} tabIndex={own === at.value ? 0 : -1} onClick={() => { at.value = own; onLetter(letter); }}>{/\p{M}/u.test(letter) ? `\u25cc${letter}` : letter}</button>;
            })}
          </div>
        ))}
      </div>
      <div class="letters-ends">
        <button type="button" class="button small-button" onClick={() => onLetter(" ")}>{t("letters.space")}</button>
        <button type="button" class="button small-button" onClick={onBack}>{t("letters.back")}</button>
      </div>
    </div>
  );
}
