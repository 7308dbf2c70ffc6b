/** Timers and calls of which only the newest counts. */

/** Runs the last of what it was given, once nothing new has come for a while. */
export class Delay {
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly quiet_ms: number) {}

  get pending(): boolean {
    return this.timer !== null;
  }

  start(act: () => void, quiet_ms = this.quiet_ms): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.timer = null;
      act();
    }, quiet_ms);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

/** Hands out signals for calls; each new one ends the call before. */
export class Newest {
  private running: AbortController | null = null;

  begin(): AbortSignal {
    this.stop();
    this.running = new AbortController();
    return this.running.signal;
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
  }
}
