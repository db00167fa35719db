/**
 * SIGTERM and SIGINT. They are listened to before anything else is loaded: process 1, as in a container, ignores a signal
 * that it does not listen to. Only the first one counts: npm, a terminal and a platform may each send their own.
 */
export class StopSignals {
  private isReceived = false;
  /** At the beginning nothing is open that could be damaged. */
  private answer: () => void = () => process.exit(0);

  get received(): boolean {
    return this.isReceived;
  }

  listen(): this {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.receive());
    return this;
  }

  /** What a signal does from now on. */
  answerWith(answer: () => void): void {
    this.answer = answer;
  }

  private receive(): void {
    if (this.isReceived) return;
    this.isReceived = true;
    this.answer();
  }
}
