/** A namespace of addresses, with the name that its mails bear. */
export interface Realm {
  /** uuid */
  readonly id: string;
  readonly name: string;
}

/** The realm that a request asks for. */
export interface AskedRealm {
  readonly realm: Realm;
  /** whether the request chose this realm itself; a mailed token selects its own when it did not */
  readonly chosen: boolean;
}

export const ROOT_REALM_ID = '00000000-0000-0000-0000-000000000000';
