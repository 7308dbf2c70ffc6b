/** What somebody waits for goes first, a frame and the times of its clip: the small pictures beside it come after them. */
import { effect, signal } from "@preact/signals";

const waited = signal(0);

/** Says of a call that somebody waits for it. */
export function waitedFor<T>(call: Promise<T>): Promise<T> {
  waited.value += 1;
  return call.finally(() => {
    waited.value -= 1;
  });
}

/** Resolves once nobody waits for anything; never at once, so that who begins to wait in the same moment goes first. */
export function afterWaited(): Promise<void> {
  return new Promise((done) => {
    setTimeout(() => {
      const stop = effect(() => {
        if (waited.value > 0) return;
        queueMicrotask(() => stop());
        done();
      });
    });
  });
}
