import type { Clock } from "~/reservations/clock";
import type { Announcement } from "./line-marks";

/** Time after its announcement at which a move that may still be in flight is considered lost. */
export const RESEND_AFTER_MS = 30_000;

/** More than servers have open at a time. A forgotten move waits once more. */
const MAX_REMEMBERED = 10_000;

export interface FoundMove extends Announcement {
  readonly checkoutId: string;
  readonly productId: string;
  readonly from: number;
  readonly to: number;
}

export interface ResendRule {
  /** Whether a move that another call announced, and whose row still shows `from`, may be announced again. */
  isDue(move: FoundMove): boolean;
}

/**
 * Due 30 s after the announcement by the writer's clock and 30 s after this server first saw it, so that a wrong clock
 * can't make it early.
 */
export function createResendRule(clock: Clock): ResendRule {
  /** By the monotonic clock; insertion order is age. */
  const firstSeen = new Map<string, number>();

  function firstSeenAt(key: string): number {
    const before = firstSeen.get(key);
    if (before !== undefined) return before;
    const [oldest] = firstSeen.keys();
    if (firstSeen.size >= MAX_REMEMBERED && oldest !== undefined) firstSeen.delete(oldest);
    firstSeen.set(key, clock.now());
    return clock.now();
  }

  return {
    isDue({ checkoutId, productId, from, to, announcedAt }) {
      const hasWaited =
        clock.now() - firstSeenAt(JSON.stringify([checkoutId, productId, from, to, announcedAt])) >= RESEND_AFTER_MS;
      return hasWaited && (announcedAt === undefined || clock.wall() - announcedAt >= RESEND_AFTER_MS);
    },
  };
}
