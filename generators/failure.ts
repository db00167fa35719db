export const EXIT = { done: 0, failed: 1, usage: 2, conflict: 3 } as const;

/** An expected failure, with the message for the user and the exit code. Nothing was written. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}

export class WrongUsage extends Failure {
  constructor(message: string) {
    super(message, EXIT.usage);
  }
}

export class Conflicting extends Failure {
  constructor(message: string) {
    super(message, EXIT.conflict);
  }
}

/** What a person is told about an error. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${path ?? 'The folder'} is not writable (${code}). Nothing was written.`;
  if (code === 'ENOSPC') return 'The disk is full. Nothing was written.';
  return error.message;
}
