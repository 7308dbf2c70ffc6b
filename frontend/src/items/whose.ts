/** Whose answer is on the page, as signals (whose_answer.ts has the rule). */
import { computed } from "@preact/signals";
import { event, events } from "../shell/overview.ts";
import { askedClues, items, selection } from "../store/signals.ts";
import { listed, plain } from "../i18n/index.ts";
import { itemsOf, whose } from "./whose_answer.ts";

const of = computed(() => itemsOf(askedClues.value));
export const whoseAnswer = computed(() => whose(selection.value.item, event.value?.id ?? null, of.value, events.value));
/** Whether the answer is another event's: then its map, dates and parts are not shown. */
export const foreign = computed(() => whoseAnswer.value === "other");

/** The names of the items that the answer comes from. */
export const answerNames = computed(() => listed(items.value.filter((one) => of.value.has(one.sha256)).map((one) => plain(one.name).replace(/^.*\//, ""))));
