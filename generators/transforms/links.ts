import { posix } from 'node:path';

const LINK = /(?<=\]\()(?![a-z]+:|#|\/)([^)\s#]+)/g;

/**
 * Rewrites the relative links of a Markdown file that moves, or whose targets move.
 * @param from path of the file in our package; `to`: its path in the project; both POSIX
 * @param moved gives the path in the project for a path in our package
 */
export function relocatedLinks(
  text: string,
  from: string,
  to: string,
  moved: (path: string) => string,
): string {
  return text.replace(LINK, (link: string) => {
    const target = posix.join(posix.dirname(from), link);
    if (to === from && moved(target) === target) return link;
    return posix.relative(posix.dirname(to), moved(target));
  });
}
