/** Accounts: what somebody told, in their words and in translation, by time; who may know it; the sound of it. */
import "./accounts.css";
import { addWords } from "../../i18n/index.ts";
import arDocuments from "../documents/words.ar.json";
import enDocuments from "../documents/words.en.json";
import ruDocuments from "../documents/words.ru.json";
import zhDocuments from "../documents/words.zh.json";
import ar from "./words.ar.json";
import en from "./words.en.json";
import ru from "./words.ru.json";
import zh from "./words.zh.json";
import { AccountSide } from "./side.tsx";
import { Transcript } from "./transcript.tsx";

addWords({ en, ar, ru, zh });
addWords({ en: enDocuments, ar: arDocuments, ru: ruDocuments, zh: zhDocuments }); // what both screens say of passages and claims

export { Transcript as Screen, AccountSide as Side };
