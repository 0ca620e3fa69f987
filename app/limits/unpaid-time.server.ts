import { createHash } from "node:crypto";
import type { UnpaidTime } from "~/checkout/checkout-context.server";
import type { Line, PageAccount } from "~/reservations/reservation-store";
import type { ClientGroup } from "./client-groups.server";
import type { Debts } from "./debts.server";

export interface UnpaidTimeOptions {
  /** How long a payment page is open at most. */
  readonly ttlMs: number;
  /** For how long the pages of one session may stay unpaid in an hour: the absolute age of a cart's holds. */
  readonly ofSessionMs: number;
  readonly debts: Debts;
  /** Who shares the account of a session's client, as `admit` saw it; none where no proxy is trusted. */
  readonly groupsOf: (sessionHash: string) => readonly ClientGroup[];
  /** The stock figure last known of a product; null when none is. */
  readonly stockOf: (productId: string) => number | null;
}

/** Unpaid pages of others never make a page shorter than this, and never block opening one. */
const SHORTEST_BY_OTHERS_MS = 300_000;
/** The shortest page that makes sense to open. A session that has less left waits. */
const SHORTEST_MS = 120_000;
/** Unpaid unit-seconds of an address in an hour: 16 pages of 15 minutes with one item, or 50 items for five minutes. */
const OF_ADDRESS = 15_000;
/** Seconds in an hour for which all of a product may be on pages that end unpaid, where it is not known whose pages they are. */
const OF_PRODUCT = 900;
/** Pays off any debt. */
const ALL = 1_000;
const HOUR_SECONDS = 3_600;

export function createUnpaidTime({ ttlMs, ofSessionMs, debts, groupsOf, stockOf }: UnpaidTimeOptions): UnpaidTime {
  const ofSession = Math.max(ofSessionMs, ttlMs) / 1_000;
  const shortest = Math.min(SHORTEST_MS, ttlMs) / 1_000;

  function sharedAccounts(sessionHash: string, lines: readonly Line[]): PageAccount[] {
    const groups = groupsOf(sessionHash);
    const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    if (groups.length > 0)
      return groups.map(({ key, share }) => ({
        key: `from:${key}`,
        perSecond: units / (OF_ADDRESS * share),
        onPaid: ALL,
      }));
    return lines.flatMap(({ productId, quantity }) => {
      const stock = stockOf(productId);
      if (stock === null) return [];
      const perSecond = quantity / (Math.max(stock, 1) * OF_PRODUCT);
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
      const seconds = Math.min(left, Math.max(SHORTEST_BY_OTHERS_MS / 1_000, Math.min(...byOthers)));
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
