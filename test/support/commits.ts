const WRITES = /\b(?:INSERT|UPDATE|DELETE)\b/;

/**
 * What each commit of a request wrote, in order: a transaction, or a statement that writes outside one and is a
 * transaction of its own. Postgres waits for the disk at each of them.
 */
export function commitsOf(statements: readonly string[]): string[][] {
  const commits: string[][] = [];
  let open: string[] | null = null;
  for (const text of statements) {
    if (text === 'START TRANSACTION') open = [];
    else if (text === 'COMMIT') {
      commits.push(open ?? []);
      open = null;
    } else if (open !== null) open.push(text);
    else if (WRITES.test(text)) commits.push([text]);
  }
  return commits;
}
