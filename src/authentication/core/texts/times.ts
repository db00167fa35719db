/** Writes a time for people, in UTC and with the zone, since the reader's zone is unknown. @param time ISO 8601 */
export function timeIn(locale: string, time: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
    timeZoneName: 'short',
  }).format(new Date(time));
}
