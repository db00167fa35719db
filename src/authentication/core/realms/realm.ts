/** A separate set of accounts, in which an email address is unique. Pages and mails show its name. */
export interface Realm {
  /** uuid */
  readonly id: string;
  readonly name: string;
  /**
   * Who is responsible for the realm, any text. The limits count all realms of one owner together, so that nobody gets
   * more requests and mails by making more realms. Without it, the realm is counted alone.
   */
  readonly owner?: string;
}

/** The realm of a request. */
export interface AskedRealm {
  readonly realm: Realm;
  /** whether the request chose this realm; if not, a mailed token is used in its own realm */
  readonly chosen: boolean;
}

/** By whom a realm is counted; null for the root realm, which has no limits as a whole. */
export function ownerOf({ id, owner }: Realm): string | null {
  return id === ROOT_REALM_ID ? null : (owner ?? id);
}

export const ROOT_REALM_ID = '00000000-0000-0000-0000-000000000000';
