import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SettingError } from '../authentication/core/settings/environment.js';

/**
 * A key for development, created at the first start. When two processes start at the same time, one creates the file
 * and both read it.
 */
export function keptSecretKey(path: string): string {
  try {
    create(path);
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingError(
      `SECRET_KEY is not set, and ${path} cannot be kept (${code}): set SECRET_KEY (openssl rand -base64 32)`,
    );
  }
}

function create(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
