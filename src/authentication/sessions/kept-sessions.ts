import { Injectable } from '@nestjs/common';

/** A row of the statement of `SessionLookup` for a session that may be kept, and until when. */
export interface LiveRow {
  readonly row: readonly unknown[];
  readonly sessionId: number;
  readonly userId: number;
  /** from the start of the statement, by the database's clock: then something must be written, or the session ends */
  readonly seconds: number;
}

/** Keeps the row, unless the session or its user was changed while the statement ran. */
export type Keep = (live: LiveRow) => void;

/** Keeps the rows of live sessions in the process, for a `SessionLookup` without a statement. */
export interface SessionKeeper {
  /** @returns a row for one request alone, which may change the values in it; undefined if none is known for certain */
  of(digest: Buffer, realm: string): readonly unknown[] | undefined;
  /** The request may change what is kept, and its client must find its own change at once. */
  forget(digest: Buffer, realm: string): void;
  /** Called before the statement is sent. @returns undefined if nothing can be kept now */
  begin(digest: Buffer, realm: string): Keep | undefined;
}

/** Where a feature registers its keeper. Without one, every request reads its session from the database. */
@Injectable()
export class KeptSessions {
  private known: SessionKeeper | undefined;

  get keeper(): SessionKeeper | undefined {
    return this.known;
  }

  keepWith(keeper: SessionKeeper): void {
    this.known = keeper;
  }
}
