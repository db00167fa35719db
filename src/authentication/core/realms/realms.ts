import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.js';
import { ROOT_REALM_ID, type Realm } from './realm.js';

/** Where realms are looked up by their id. */
export interface RealmSource {
  /**
   * Null: there is no such realm any more, and what was issued in it is dead.
   * @param manager of the caller's transaction, when it is in one
   */
  find(id: string, manager?: EntityManager): Promise<Realm | null>;
}

/** The realms by their id: the root realm, and those of a source that a feature or the host names. */
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
