import type { ComponentChildren, HTMLAttributes } from "preact";
import { useRef } from "preact/hooks";
import { useMore } from "./hooks.ts";

/** What scrolls, in a frame that shows on which sides there is more to see; `class` is the frame's. */
export function Scrolls({ class: name, children, ...rest }: HTMLAttributes<HTMLDivElement> & { class: string; children: ComponentChildren }) {
  const scrolls = useRef<HTMLDivElement>(null);
  useMore(scrolls);
  return <div class={`more-frame scrolls ${name}`}><div class="scroll" ref={scrolls} {...rest}>{children}</div></div>;
}
