const OLDEST: readonly [number, number] = [20, 19];

/** @returns an error message if this version of Node is too old, or null */
export function unsupportedNode(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld ? `Node ${OLDEST.join('.')} or newer is needed; this is ${version}` : null;
}
