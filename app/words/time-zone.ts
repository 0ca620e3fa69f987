/** Whether this server, or this browser, knows an IANA time zone. Offsets such as +01:00 are none: older browsers refuse them. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Z]/i.test(name);
  } catch {
    return false;
  }
}
