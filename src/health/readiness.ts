import { Injectable } from '@nestjs/common';

/** Whether new requests should be sent here. Fails first when the server stops. */
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
