/** A namespace of addresses, with the name that its mails bear. */
export interface Realm {
  /** uuid */
  readonly id: string;
  readonly name: string;
}

export const ROOT_REALM_ID = '00000000-0000-0000-0000-000000000000';
