/** Documents: what a paper says and exactly where; two lists compared; who was asked and what was answered. */
import "./documents.css";
import { addWords } from "../../i18n/index.ts";
import { useFocusInWork } from "../../ui/hooks.ts";
import ar from "./words.ar.json";
import en from "./words.en.json";
import ru from "./words.ru.json";
import zh from "./words.zh.json";
import { Lists, ListsSide } from "./lists.tsx";
import { Reader } from "./reader.tsx";
import { Replies, RepliesSide } from "./replies.tsx";
import { PassageSide } from "./side.tsx";
import { view } from "./state.ts";

addWords({ en, ar, ru, zh });

export function Screen() {
  useFocusInWork(view.value);
  return view.value === "lists" ? <Lists /> : view.value === "replies" ? <Replies /> : <Reader />;
}

export function Side() {
  return view.value === "lists" ? <ListsSide /> : view.value === "replies" ? <RepliesSide /> : <PassageSide />;
}
