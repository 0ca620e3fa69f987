import { createHash } from "node:crypto";
import type { UnpaidTime } from "~/checkout/checkout-context.server";
import type { Line, PageAccount } from "~/reservations/reservation-store";
import type { ClientGroup } from "./client-groups.server";
import type { Debts } from "./debts.server";

export interface UnpaidTimeOptions {
  /** Longest time that a payment page is open. */
  readonly ttlMs: number;
  /** Longest time per hour that a session's pages may stay unpaid: the maximum age of a cart's holds. */
  readonly ofSessionMs: number;
  readonly debts: Debts;
  /** Groups that the session's client belongs to, as seen by `admit`; none if no proxy is trusted. */
  readonly groupsOf: (sessionHash: string) => readonly ClientGroup[];
  /** Last known stock of a product; null if unknown. */
  readonly stockOf: (productId: string) => number | null;
}

/** Other sessions' unpaid pages never shorten a page below this, and never prevent one. */
const MIN_SHARED_MS = 300_000;
/** The shortest page worth opening. A session with less time left has to wait. */
const MIN_PAGE_MS = 120_000;
/** Unpaid unit-seconds per address and hour: 16 pages of 15 minutes with one unit, or 50 units for five minutes. */
const UNIT_SECONDS_PER_ADDRESS = 15_000;
/** Seconds per hour that a product's whole stock may be on pages that end unpaid, if addresses are unknown. */
const SECONDS_PER_PRODUCT = 900;
/** Pays off any debt. */
const ALL = 1_000;
const HOUR_SECONDS = 3_600;

export function createUnpaidTime({ ttlMs, ofSessionMs, debts, groupsOf, stockOf }: UnpaidTimeOptions): UnpaidTime {
  const ofSession = Math.max(ofSessionMs, ttlMs) / 1_000;
  const shortest = Math.min(MIN_PAGE_MS, ttlMs) / 1_000;

  function sharedAccounts(sessionHash: string, lines: readonly Line[]): PageAccount[] {
    const groups = groupsOf(sessionHash);
    const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    if (groups.length > 0)
      return groups.map(({ key, share }) => ({
        key: `from:${key}`,
        perSecond: units / (UNIT_SECONDS_PER_ADDRESS * share),
        onPaid: ALL,
      }));
    return lines.flatMap(({ productId, quantity }) => {
      const stock = stockOf(productId);
      if (stock === null) return [];
      const perSecond = quantity / (Math.max(stock, 1) * SECONDS_PER_PRODUCT);
      const key = `product:${createHash("sha256").update(productId).digest("base64url").slice(0, 22)}`;
      return [{ key, perSecond, onPaid: (perSecond * ttlMs) / 1_000 }];
    });
  }

  return {
    async termsOf({ sessionHash, lines }) {
      const own: PageAccount = { key: `of:${sessionHash}`, perSecond: 1 / ofSession, onPaid: ALL };
      const accounts = [own, ...sharedAccounts(sessionHash, lines)];
      const [ownDebt = 0, ...sharedDebts] = await debts.add(accounts.map(({ key }) => ({ key, amount: 0 })));
      const left = (1 - ownDebt) / own.perSecond;
      if (left < shortest) {
        const surplus = ownDebt - (1 - shortest * own.perSecond);
        return { outcome: "payment_wait", retryAfterSeconds: Math.max(1, Math.ceil(surplus * HOUR_SECONDS)) };
      }
      const byOthers = sharedDebts.map((debt, index) => (1 - debt) / (accounts[index + 1]?.perSecond ?? 1));
      const seconds = Math.min(left, Math.max(MIN_SHARED_MS / 1_000, Math.min(...byOthers)));
      return { outcome: "terms", terms: { payWithinMs: Math.min(ttlMs, Math.floor(seconds * 1_000)), accounts } };
    },
    async ended({ terms, openMs, isPaid }) {
      const seconds = Math.min(Math.max(0, openMs), terms.payWithinMs) / 1_000;
      await debts.add(
        terms.accounts.map(({ key, perSecond, onPaid }) => ({ key, amount: isPaid ? -onPaid : perSecond * seconds })),
      );
    },
  };
}
