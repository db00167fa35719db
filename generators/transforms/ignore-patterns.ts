/** Whether one of these patterns ignores the file, or all files of the folder `folder/**`. */
export function isIgnored(pattern: string, patterns: readonly string[]): boolean {
  const place = `/${placeOf(pattern)}`;
  return patterns.some((each) => {
    const isFolder = /\/(?:\*\*(?:\/\*)?)?$/.test(each);
    if (!isFolder) return placeOf(each) === placeOf(pattern) && !pattern.endsWith('/**');
    const theirs = `/${placeOf(each).replace(/^\*\*\//, '')}`;
    return each.startsWith('**/') ? `${place}/`.includes(`${theirs}/`) : `${place}/`.startsWith(`${theirs}/`);
  });
}

function placeOf(pattern: string): string {
  return pattern.replace(/^(?:\.?\/)+/, '').replace(/\/(?:\*\*(?:\/\*)?)?$/, '');
}
