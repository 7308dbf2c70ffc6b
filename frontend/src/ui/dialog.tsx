/** Modal dialogs: the one place where they take the focus, keep it inside, and give it back. */
import { effect, signal, untracked } from "@preact/signals";
import type { ComponentChildren, RefObject } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { address } from "../shell/address.ts";
import { Notices } from "./notices.tsx";
import { Button } from "./parts.tsx";

/** How many dialogs are open: what has to be said meanwhile is said in them, for all else lies in their shade. */
export const dialogs = signal(0);

/** A dialog that is closed by its button, by Escape, and by Back to another screen; whoever shows it takes it away in `onClose`. */
export function Dialog({ title, onClose, children, wide }: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean }) {
  const ref = useModalFocus();
  const id = useId();
  useLayoutEffect(() => {
    dialogs.value += 1;
    return () => { dialogs.value -= 1; };
  }, []);
  useLayoutEffect(() => {
    const { screen } = address.peek();
    return effect(() => { if (address.value.screen !== screen) untracked(onClose); });
  }, []);
  // What had the focus may have given way to the next step.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) focusFirst(ref.current);
  });
  const cancel = (event: Event): void => {
    event.preventDefault(); // the element would close itself and stay in the page
    onClose();
  };
  return (
    <dialog ref={ref} class={wide === true ? "dialog dialog-wide" : "dialog"} aria-labelledby={id} onCancel={cancel}>
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button icon="close" kind="quiet" bare onClick={onClose}>{t("close")}</Button>
      </div>
      <div class="dialog-body">{children}</div>
      <Notices />
    </dialog>
  );
}

/** What a dialog is opened for: its first field (of radio buttons the chosen one), its first choice, or its main button. */
const FIRST = [":is(input, select, textarea):not(:disabled, [type=radio]:not(:checked))", ".kind", ".button-main:not(:disabled)"];

/** Where a dialog has none of them, the focus stays on its close button. */
function focusFirst(dialog: HTMLDialogElement | null): void {
  const body = dialog?.querySelector(".dialog-body");
  FIRST.map((what) => body?.querySelector<HTMLElement>(what)).find((one) => one != null)?.focus();
}

/** `showModal` makes all else inert, which keeps the focus inside; when the dialog goes, what opened it has the focus again. */
export function useModalFocus(): RefObject<HTMLDialogElement | null> {
  const ref = useRef<HTMLDialogElement>(null);
  // A plain effect is undone only after the next paint: until then the focus would be nowhere.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const element = ref.current;
    element?.showModal();
    focusFirst(element);
    return () => {
      element?.close();
      giveBack(opener);
    };
  }, []);
  return ref;
}

/** To the work itself where the opener is gone: else the next Tab would begin at the top of the page. */
function giveBack(opener: Element | null): void {
  const target = opener instanceof HTMLElement && opener.isConnected ? opener : document.getElementById("main");
  target?.focus({ preventScroll: true });
}
