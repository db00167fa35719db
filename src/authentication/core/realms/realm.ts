/** A separate set of accounts, in which an email address is unique. Pages and mails show its name. */
export interface Realm {
  /** uuid */
  readonly id: string;
  readonly name: string;
}

/** The realm of a request. */
export interface AskedRealm {
  readonly realm: Realm;
  /** whether the request chose this realm; if not, a mailed token is used in its own realm */
  readonly chosen: boolean;
}

export const ROOT_REALM_ID = '00000000-0000-0000-0000-000000000000';
