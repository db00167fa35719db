import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** A unified diff, or nothing where the texts are the same. */
export function diffOf(path: string, before: string | null, after: string): string {
  if (before === after) return '';
  return createTwoFilesPatch(before === null ? '/dev/null' : path, path, before ?? '', after, '', '', {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}
