/** WCAG 2.2.1: people who need more time can extend it to at least ten times its length. */
const WANTED_LENGTHS = 10;

/** A warning if a hold cannot be kept long enough for everyone; null if it can. */
export function holdTimeWarning(env: {
  readonly RESERVATION_TTL_SECONDS: number;
  readonly RESERVATION_MAX_SECONDS: number;
}): string | null {
  const { RESERVATION_TTL_SECONDS: ttl, RESERVATION_MAX_SECONDS: max } = env;
  if (max >= WANTED_LENGTHS * ttl) return null;
  const extensions = Math.max(0, Math.ceil(max / ttl) - 1);
  const times = extensions === 1 ? "once" : `${extensions} times`;
  return `A hold of ${ttl} s can be extended ${extensions === 0 ? "not at all" : `at most ${times}`}, because RESERVATION_MAX_SECONDS is ${max}. For shoppers who need more time, set it to ${WANTED_LENGTHS * ttl} or more (WCAG 2.2.1).`;
}
