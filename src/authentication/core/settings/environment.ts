/** An invalid setting. The message is one line: the variable, what it takes and what it got. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** Collects what is wrong with the settings, so that all of it is told at once, in one line. */
export class SettingFaults {
  private readonly lines: string[] = [];

  /** @returns what `read` returns. After a SettingError the value is never used, because `throwIfAny` throws */
  try<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      this.lines.push(error.message);
      return undefined as T;
    }
  }

  note(line: string): void {
    this.lines.push(line);
  }

  /** @throws SettingError */
  throwIfAny(): void {
    if (this.lines.length > 0) throw new SettingError(this.lines.join('; '));
  }
}

const HIDDEN = 'a value that is not shown';

/** Reads typed values out of environment variables. An empty variable counts as unset. */
export class Environment {
  constructor(private readonly values: Readonly<Record<string, string | undefined>>) {}

  optional(name: string): string | null {
    const value = this.values[name]?.trim();
    return value === undefined || value === '' ? null : value;
  }

  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.optional(name);
    if (value === null) return fallback;
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    throw this.refuse(name, value, 'true or false');
  }

  whole(name: string, range: { min: number; max: number; fallback: number }): number {
    const value = this.optional(name);
    if (value === null) return range.fallback;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= range.min && number <= range.max)) {
      throw this.refuse(name, value, `a whole number from ${range.min} to ${range.max}`);
    }
    return number;
  }

  positive(name: string, range: { max: number; fallback: number }): number {
    const value = this.optional(name);
    if (value === null) return range.fallback;
    const number = /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
    if (!(number > 0 && number <= range.max)) {
      throw this.refuse(name, value, `a number above 0, at most ${range.max}`);
    }
    return number;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.optional(name);
    if (value === null) return fallback;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw this.refuse(name, value, choices.join(' or '));
    return choice;
  }

  list(name: string): string[] {
    return (this.optional(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  url(name: string, protocols: readonly string[]): URL | null {
    const value = this.optional(name);
    if (value === null) return null;
    const takes = `a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
    if (!URL.canParse(value)) throw this.refuse(name, value.includes('@') ? HIDDEN : value, takes);
    const url = new URL(value);
    if (!protocols.includes(url.protocol) || url.host === '') {
      throw this.refuse(name, withoutCredentials(url), takes);
    }
    return url;
  }

  /** A URL to which paths are appended. It may have a path itself; a trailing slash is removed. */
  base(name: string): string | null {
    const url = this.url(name, ['http:', 'https:']);
    if (url === null) return null;
    const takes = 'a URL without a query, a fragment or credentials';
    if (url.username !== '' || url.password !== '') throw this.refuseSecret(name, takes);
    if (url.search !== '' || url.hash !== '') throw this.refuse(name, url.href, takes);
    return baseOf(url);
  }

  refuse(name: string, got: string, takes: string): SettingError {
    const shown = got === HIDDEN ? got : JSON.stringify(got.length > 80 ? `${got.slice(0, 80)}…` : got);
    return new SettingError(`${name} takes ${takes}; it got ${shown}`);
  }

  refuseSecret(name: string, takes: string): SettingError {
    return this.refuse(name, HIDDEN, takes);
  }
}

/** Without a trailing slash. */
export function baseOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

function withoutCredentials(url: URL): string {
  // `user:password@host` without a protocol.
  if (url.host === '' && url.href.includes('@')) return HIDDEN;
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}
