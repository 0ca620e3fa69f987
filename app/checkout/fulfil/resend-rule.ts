import type { Clock } from "~/reservations/clock";
import type { Announcement } from "./line-marks";

/** How long after its announcement a move that may still be under way is taken for lost. */
export const RESEND_AFTER_MS = 30_000;

/** More moves than servers have open at one time; one that is forgotten waits once more. */
const MOST_REMEMBERED = 10_000;

export interface FoundMove extends Announcement {
  readonly checkoutId: string;
  readonly productId: string;
  readonly from: number;
  readonly to: number;
}

export interface ResendRule {
  /** Whether a move that was announced by another call, and whose row reads as if it had not been made, may be announced again. */
  isDue(move: FoundMove): boolean;
}

/** Due after 30 s by the writer's clock and after 30 s since this server first saw it, so that no wrong clock makes it early. */
export function createResendRule(clock: Clock): ResendRule {
  /** By the monotonic clock; insertion order is age. */
  const firstSeen = new Map<string, number>();

  function seenSince(key: string): number {
    const before = firstSeen.get(key);
    if (before !== undefined) return before;
    const [oldest] = firstSeen.keys();
    if (firstSeen.size >= MOST_REMEMBERED && oldest !== undefined) firstSeen.delete(oldest);
    firstSeen.set(key, clock.now());
    return clock.now();
  }

  return {
    isDue({ checkoutId, productId, from, to, announcedAt }) {
      const hasWaited =
        clock.now() - seenSince(JSON.stringify([checkoutId, productId, from, to, announcedAt])) >= RESEND_AFTER_MS;
      return hasWaited && (announcedAt === undefined || clock.wall() - announcedAt >= RESEND_AFTER_MS);
    },
  };
}
