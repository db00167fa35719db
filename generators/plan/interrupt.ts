const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C while files are written. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('Interrupted. Nothing was written.');
  }
}

/** Turns a signal into an error between two steps of the work, so that the work can be rolled back. */
export class Interrupts {
  private readonly listeners = new Set<() => void>();
  private interrupted = false;
  private readonly handle = (): void => {
    this.interrupted = true;
    for (const listener of this.listeners) listener();
  };

  listen(): void {
    for (const signal of SIGNALS) process.on(signal, this.handle);
  }

  stop(): void {
    for (const signal of SIGNALS) process.off(signal, this.handle);
  }

  /** Registers a listener, for example one that ends a child process. @returns a function that removes it */
  onInterrupt(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Lets Node deliver a pending signal. @throws Interrupted if there was one */
  async check(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.interrupted) throw new Interrupted();
  }
}
