import { Injectable } from '@nestjs/common';

/** Whether the platform should send requests here. Stopping begins with this, before connections close. */
@Injectable()
export class Readiness {
  private stopping = false;

  get isStopping(): boolean {
    return this.stopping;
  }

  beginToStop(): void {
    this.stopping = true;
  }
}
