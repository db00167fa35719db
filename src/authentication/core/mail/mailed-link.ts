/** Makes the link of a mail. `base` must come from settings, never from a request (GHSA-3529-5m8x-rpv3). */
export function mailedLink(base: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(base);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
