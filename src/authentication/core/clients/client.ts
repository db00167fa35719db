const USER_AGENT_LENGTH = 512;

/** Where a request comes from. */
export interface Client {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** the language for pages and mails: a tag of `Texts.locales` */
  readonly locale: string;
}

export function plainUserAgent(text: string | null): string | null {
  return text?.slice(0, USER_AGENT_LENGTH) ?? null;
}
