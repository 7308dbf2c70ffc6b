/**
 * Signs and words of dates and angles in the scripts that people write in: the tables of noonmark.typed_words.
 * tests/vectors/typed.json holds both to the same answers.
 */

/** Every name of a month, by language; Arabic and Russian have two sets. An alef is written bare. */
export const MONTHS: readonly (readonly string[])[] = [
  ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"],
  ["январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"],
  ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"],
  ["يناير", "فبراير", "مارس", "ابريل", "مايو", "يونيو", "يوليو", "اغسطس", "سبتمبر", "اكتوبر", "نوفمبر", "ديسمبر"],
  ["كانون الثاني", "شباط", "اذار", "نيسان", "ايار", "حزيران", "تموز", "اب", "ايلول", "تشرين الاول", "تشرين الثاني", "كانون الاول"],
  ["ဇန်နဝါရီ", "ဖေဖော်ဝါရီ", "မတ်", "ဧပြီ", "မေ", "ဇွန်", "ဇူလိုင်", "ဩဂုတ်", "စက်တင်ဘာ", "အောက်တိုဘာ", "နိုဝင်ဘာ", "ဒီဇင်ဘာ"],
];

export const BEFORE_NOON = ["am", "上午", "午前", "오전", "ص", "چۈشتىن بۇرۇن"];
export const AFTER_NOON = ["pm", "下午", "午後", "오후", "م", "چۈشتىن كېيىن"];

/** The sides of the world behind or before an angle. */
export const SIDES: readonly [RegExp, string][] = [
  [/с\.?\s?ш\.?|北[纬緯]|북위|شمالاً|شمال/gi, "N"],
  [/ю\.?\s?ш\.?|南[纬緯]|남위|جنوباً|جنوب/gi, "S"],
  [/в\.?\s?д\.?|[东東][经經経]|동경|شرقاً|شرق/gi, "E"],
  [/з\.?\s?д\.?|西[经經経]|서경|غرباً|غرب/gi, "W"],
];

/** Where the digits of a script begin: Arabic, Persian, Devanagari, Bengali, Thai, Lao, Tibetan, Burmese, Shan, Khmer, full width. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0xff10];
const SIGNS: Record<string, string> = {
  "\u2212": "-",
  "\u066b": ".",
  "\u066c": "'",
  "\u060c": ",",
  "\u104a": ",",
  "\u061b": ";",
  "\uff0d": "-",
  "\uff0f": "/",
  "\uff0e": ".",
  "\uff0c": ",",
  "\u3001": ",",
  "\uff1a": ":",
  "\uff1b": ";",
  "\u00a0": " ",
  "\u2009": " ",
  "\u202f": " ",
  "\u3000": " ",
  // An alef with a hamza or a madda, which many write without.
  "\u0622": "\u0627",
  "\u0623": "\u0627",
  "\u0625": "\u0627",
};
/** Marks of direction and marks without width, which a copied text carries along and nobody sees. */
const UNSEEN = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

function plainSign(sign: string): string {
  const code = sign.charCodeAt(0);
  const zero = ZEROS.find((start) => code >= start && code < start + 10);
  return zero === undefined ? (SIGNS[sign] ?? sign) : String(code - zero);
}

/** A text whose digits are Latin, whose signs are those of a keyboard, without unseen marks. */
export const plainSigns = (text: string): string => text.normalize("NFC").replace(UNSEEN, "").replace(/[^\x00-\x7f]/g, plainSign);

/** The number, from 1, of the name that a word is or, with three letters or more, begins. */
export function numberOf(word: string, ...lists: readonly (readonly string[])[]): number | null {
  const short = word.toLowerCase().replace(/\.+$/, "");
  const hits = new Set<number>();
  for (const names of lists) {
    const exact = names.indexOf(short);
    if (exact >= 0) return exact + 1;
    names.forEach((name, index) => short.length >= 3 && name.startsWith(short) && hits.add(index + 1));
  }
  return hits.size === 1 ? [...hits][0]! : null;
}
