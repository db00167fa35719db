import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** The file has its content from the moment that it is there: another process that starts may read it at once. */
function create(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) return;
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
