import { useEffect, useRef, useState } from "preact/hooks";
import { useSignal, type Signal } from "@preact/signals";
import type { RefObject } from "preact";

/** The size of an element in CSS pixels, kept up to date. */
export function useSize<T extends HTMLElement>(): [RefObject<T | null>, { width: number; height: number }] {
  const ref = useRef<T>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}

/** The same as a signal, for effects that draw. */
export function useBox<T extends HTMLElement>(): [RefObject<T | null>, Signal<{ width: number; height: number }>] {
  const [ref, size] = useSize<T>();
  const box = useSignal(size);
  useEffect(() => {
    box.value = size;
  }, [size]);
  return [ref, box];
}

/** A canvas sized to its box and the screen's pixels; returns its context scaled to CSS pixels. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const w = Math.max(1, Math.round(width * ratio));
  const h = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** A part of a canvas that is painted once for what it shows, and laid on as it is until that changes. */
export class Sheet {
  private canvas: HTMLCanvasElement | null = null;
  private of: readonly unknown[] = [];

  lay(context: CanvasRenderingContext2D, width: number, height: number, of: readonly unknown[], paint: (on: CanvasRenderingContext2D) => void): void {
    const [wide, tall] = [context.canvas.width, context.canvas.height];
    const now = [wide, tall, ...of];
    if (this.canvas === null || now.length !== this.of.length || now.some((part, index) => part !== this.of[index])) {
      this.canvas ??= document.createElement("canvas");
      Object.assign(this.canvas, { width: wide, height: tall }); // which clears it
      const on = this.canvas.getContext("2d");
      if (on === null) return paint(context);
      on.scale(wide / width, tall / height);
      paint(on);
      this.of = now;
    }
    context.drawImage(this.canvas, 0, 0, width, height);
  }

  /** Nothing of a closed case stays. */
  drop(): void {
    this.canvas = null;
    this.of = [];
  }
}

/** The colours of the theme, read from the style sheet; read again when the theme changes. */
export function colour(name: string): string {
  const theme = document.documentElement.dataset["theme"] ?? "";
  if (theme !== colours.theme) colours = { theme, known: new Map() };
  let found = colours.known.get(name);
  if (found === undefined) colours.known.set(name, (found = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()));
  return found;
}
let colours: { theme: string; known: Map<string, string> } = { theme: "", known: new Map() };

/** Where what had the focus went with the view it stood in, the keys go on in the work, not above the page. */
export function useFocusInWork(...views: unknown[]): void {
  useEffect(() => {
    if (document.activeElement === document.body) document.getElementById("main")?.focus({ preventScroll: true });
  }, views);
}

/**
 * Keeps the attribute `data-more` of the frame around an element that scrolls: the sides on which there is more to see, each with a shadow.
 */
export function useMore(scrolls: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = scrolls.current;
    if (element === null) return;
    const tell = (): void => {
      const across = Math.abs(element.scrollLeft); // in a part from the right it is negative
      const [wide, high] = [element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight];
      const sides = { above: element.scrollTop > 1, below: element.scrollTop < high - 1, before: across > 1, after: across < wide - 1 };
      const frame = element.parentElement;
      const told = Object.entries(sides).filter(([, more]) => more).map(([side]) => side).join(" ");
      if (frame !== null && frame.dataset["more"] !== told) frame.dataset["more"] = told; // not once a frame of a scroll
    };
    const sizes = new ResizeObserver(tell);
    const watch = (): void => {
      for (const one of [element, ...element.children]) sizes.observe(one);
      tell();
    };
    const children = new MutationObserver(watch);
    children.observe(element, { childList: true });
    watch();
    element.addEventListener("scroll", tell, { passive: true });
    return () => {
      children.disconnect();
      sizes.disconnect();
      element.removeEventListener("scroll", tell);
    };
  }, []);
}
