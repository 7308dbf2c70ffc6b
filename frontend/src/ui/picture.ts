/** Pictures of the server in the page, as addresses that end with what shows them. */
import { useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Options, Picture } from "../api.ts";
import { fail } from "../store/notices.ts";

export interface ShownPicture {
  /** A `blob:` address. */
  url: string;
  headers: Headers;
}

/** Asks for a picture, anew whenever one of `of` changes; null until the first is here. */
export function usePicture(ask: (options: Options) => Promise<Picture>, of: readonly unknown[]): Signal<ShownPicture | null> {
  const shown = useSignal<ShownPicture | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    let url = "";
    ask({ signal: stop.signal })
      .then(({ blob, headers }) => {
        url = URL.createObjectURL(blob);
        shown.value = { url, headers };
      })
      .catch(fail);
    return () => {
      stop.abort();
      if (url !== "") URL.revokeObjectURL(url);
    };
  }, [...of]);
  return shown;
}
