const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C while something is being written. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('Interrupted. Nothing was written.');
  }
}

/** Turns signals into an error between two steps of a piece of work, which can then take back what it did. */
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

  /** For what runs meanwhile, such as another process. @returns how to end it */
  onInterrupt(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Lets a waiting signal in. @throws Interrupted */
  async check(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.interrupted) throw new Interrupted();
  }
}
