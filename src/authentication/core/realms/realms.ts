import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.js';
import { ROOT_REALM_ID, type Realm } from './realm.js';

/** Finds realms by their id. */
export interface RealmSource {
  /**
   * @param manager of the caller's transaction, if there is one
   * @returns null when the realm does not exist any more: its tokens are then invalid, and its mails are not sent
   */
  find(id: string, manager?: EntityManager): Promise<Realm | null>;
}

/** Finds realms in the source that a feature or the host sets. Without a source there is only the root realm. */
@Injectable()
export class Realms implements RealmSource {
  readonly root: Realm;
  private source: RealmSource | null = null;

  constructor(@Settings() { appName }: AuthenticationSettings) {
    this.root = { id: ROOT_REALM_ID, name: appName };
  }

  use(source: RealmSource): void {
    this.source = source;
  }

  async find(id: string, manager?: EntityManager): Promise<Realm | null> {
    if (this.source !== null) return this.source.find(id, manager);
    return id === ROOT_REALM_ID ? this.root : null;
  }
}
