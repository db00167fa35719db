/** The embedded database cannot be opened. The message is one line: the directory, the reason, and what to do. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';
}
