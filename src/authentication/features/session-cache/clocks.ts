/** Milliseconds. `steady` only moves forward, but stops while the machine is suspended; `wall` does not. */
export interface ClockSource {
  steady(): number;
  wall(): number;
}

const OF_THE_PROCESS: ClockSource = { steady: () => performance.now(), wall: () => Date.now() };

/** What both clocks may differ by: `wall` is set now and then. */
const TOLERANCE_MS = 1000;

/** Measures times, and notices that the machine was suspended, or that its clock was set. */
export class Clocks {
  private offset: number;

  constructor(private readonly source = OF_THE_PROCESS) {
    this.offset = source.wall() - source.steady();
  }

  now(): number {
    return this.source.steady();
  }

  /** Whether the clocks have parted since they were last found apart: no time measured before is right. */
  parted(): boolean {
    const offset = this.source.wall() - this.source.steady();
    if (Math.abs(offset - this.offset) <= TOLERANCE_MS) return false;
    this.offset = offset;
    return true;
  }
}
