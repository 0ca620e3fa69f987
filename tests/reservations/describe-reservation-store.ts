import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { everyClaim } from "~/reservations/every-claim";
import type {
  Claim,
  Line,
  OthersUnits,
  PlaceLine,
  PlaceOutcome,
  ReservationStore,
  SessionView,
  StoreEvent,
} from "~/reservations/reservation-store";

/** The timing with which this suite opens every driver. */
export const storeTiming = { ttlMs: 120_000, maxAgeMs: 300_000, pendingMs: 10_000 } as const;

export interface OpenStore {
  readonly store: ReservationStore;
  /** Advances the store's time. */
  advance(milliseconds: number): Promise<void>;
  close?(): Promise<void>;
}

/** Waiting time for asynchronous events on a busy machine. */
export const PATIENT = { timeout: 10_000 };
/** Deadlines may be rounded, and real time passes between two calls of a driver with a real clock. */
const SLACK_MS = 1_000;
const { ttlMs, maxAgeMs, pendingMs } = storeTiming;
const NO_OTHERS: OthersUnits = { units: 0, pendingUnits: 0, nextReleaseInMs: null };

/** Tests the contract of `ReservationStore` for any driver. `open` returns an empty store each time. */
export function describeReservationStore(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name} implements the contract of a reservation store`, () => {
    let opened: OpenStore;
    let store: ReservationStore;
    const advance = (milliseconds: number) => opened.advance(milliseconds);

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(async () => {
      await opened.close?.();
    });

    const place = (sessionHash: string, operationId: string, units: Record<string, number>, maxLines = 30) =>
      store.place({ sessionHash, operationId, lines: linesOf(units), maxLines });

    const grant = async (sessionHash: string, units: Record<string, number>): Promise<SessionView> => {
      const operationId = newOperationId();
      expect(await place(sessionHash, operationId, units)).toMatchObject({ outcome: "placed" });
      const confirmed = await store.confirm({ sessionHash, operationId });
      if (confirmed.outcome !== "confirmed") throw new Error("a fresh pending could not be confirmed");
      return confirmed.view;
    };

    const claim = async (sessionHash: string, claimId: string): Promise<Claim> => {
      const claimed = await store.claim({ sessionHash, claimId });
      if (claimed.outcome !== "claimed") throw new Error(`not claimed: ${claimed.outcome}`);
      return claimed.claim;
    };

    const claimMug = async (sessionHash: string): Promise<Claim> => {
      await grant(sessionHash, { mug: 1 });
      return claim(sessionHash, `claim-of-${sessionHash}`);
    };

    const heldOf = async (productId: string, sessionHash: string | null = null) => {
      const held = (await store.held({ sessionHash, productIds: [productId] })).get(productId);
      if (held === undefined) throw new Error("held() must return every product");
      return held;
    };

    const total = async (productId: string) => (await heldOf(productId)).total;

    describe("place", () => {
      it("is busy while another call of the same session is pending, and writes nothing", async () => {
        await place("ann", "first", { mug: 1 });
        expect(await place("ann", "second", { mug: 5, hat: 1 })).toEqual({ outcome: "busy" });
        expect(await total("mug")).toBe(1);
        expect(await total("hat")).toBe(0);
      });

      it("is refused while a payment page is open, and returns the claim", async () => {
        await grant("ann", { mug: 1 });
        const open = await claim("ann", "claim-1");
        expect(await place("ann", "late", { mug: 2 })).toEqual({ outcome: "checkout_open", claim: open });
        expect(await total("mug")).toBe(1);
      });

      it("refuses more lines than the maximum, and writes nothing", async () => {
        await grant("ann", { mug: 1, hat: 1 });
        expect(await place("ann", "third", { cup: 1 }, 2)).toEqual({ outcome: "too_many_lines" });
        expect(await total("cup")).toBe(0);
        expect(await place("ann", "again", { mug: 2 }, 2)).toMatchObject({ outcome: "placed" });
      });

      it("does not count lines that the same call releases", async () => {
        await grant("ann", { mug: 1, hat: 1 });
        expect(await place("ann", "swap", { mug: 0, cup: 1 }, 2)).toMatchObject({ outcome: "placed" });
      });

      it("lets a cart that is over the limit shrink line by line", async () => {
        await grant("ann", { mug: 1, hat: 1, cup: 1 });
        expect(await place("ann", "shrink", { mug: 0 }, 1)).toMatchObject({ outcome: "placed" });
      });

      it("returns what others hold, without the session's own holds", async () => {
        await grant("ann", { mug: 2 });
        await grant("bob", { mug: 3 });
        const placed = await place("ann", "more", { mug: 4, hat: 1 });
        expect(othersOf(placed, "mug")).toMatchObject({ units: 3, pendingUnits: 0 });
        expect(othersOf(placed, "hat")).toMatchObject(NO_OTHERS);
      });

      it("returns pending units of others, separately from the rest", async () => {
        await grant("ann", { mug: 2 });
        await place("ann", "more", { mug: 5 });
        await place("bob", "fresh", { mug: 1 });
        expect(othersOf(await place("cy", "requests", { mug: 1 }), "mug")).toMatchObject({ units: 6, pendingUnits: 4 });
      });

      it("lets at least one of two simultaneous calls see the other", async () => {
        const placed = await Promise.all([place("ann", "a", { mug: 1 }), place("bob", "b", { mug: 1 })]);
        expect(placed.map((each) => othersOf(each, "mug").units)).toContain(1);
      });

      it("does not free units of a pending decrease", async () => {
        await grant("ann", { mug: 5 });
        await place("ann", "fewer", { mug: 1 });
        expect(othersOf(await place("bob", "requests", { mug: 1 }), "mug")).toMatchObject({
          units: 5,
          pendingUnits: 0,
        });
      });

      it("lapses after ten seconds, and then blocks no other call", async () => {
        await place("ann", "crashed", { mug: 3 });
        await advance(pendingMs - SLACK_MS);
        expect(await total("mug")).toBe(3);
        expect(await place("ann", "next", { mug: 1 })).toEqual({ outcome: "busy" });
        await advance(2 * SLACK_MS);
        expect(await total("mug")).toBe(0);
        expect(othersOf(await place("bob", "requests", { mug: 1 }), "mug")).toMatchObject(NO_OTHERS);
        expect(await place("ann", "next", { mug: 1 })).toMatchObject({ outcome: "placed" });
      });

      it("outlives granted units that lapse while it is pending", async () => {
        await grant("ann", { mug: 5 });
        await advance(ttlMs - 3_000);
        await place("ann", "fewer", { mug: 2 });
        expect(await total("mug")).toBe(5);
        await advance(3_000 + SLACK_MS);
        expect(await heldOf("mug")).toMatchObject({ total: 2, pendingUnits: 2 });
      });

      it("returns the same result when it is repeated", async () => {
        await grant("bob", { mug: 2 });
        const first = await place("ann", "once", { mug: 1 });
        const second = await place("ann", "once", { mug: 1 });
        expect(othersOf(second, "mug").units).toBe(othersOf(first, "mug").units);
        expect(await total("mug")).toBe(3);
      });

      it("holds nothing for quantity 0", async () => {
        expect(await place("ann", "none", { mug: 0 })).toMatchObject({ outcome: "placed" });
        expect(await store.totals()).toMatchObject({ shopping: 0, checkout: 0, units: 0, sessions: 0 });
      });
    });

    describe("place with hints", () => {
      const placeWithHints = (sessionHash: string, operationId: string, ...lines: PlaceLine[]) =>
        store.place({ sessionHash, operationId, lines, maxLines: 30 });
      const mug = (quantity: number, hint: number | null) => ({ productId: "mug", quantity, hint });

      it("writes nothing when the hint less the units of others is too low, and returns those units", async () => {
        await grant("bob", { mug: 3 });
        const placed = await placeWithHints("ann", "requests", mug(3, 5));
        if (placed.outcome !== "cannot_fit") throw new Error(placed.outcome);
        expect(placed.others.get("mug")).toMatchObject({ units: 3, pendingUnits: 0 });
        expectWithin(placed.others.get("mug")?.nextReleaseInMs ?? null, ttlMs);
        expect(await heldOf("mug")).toMatchObject({ total: 3, pendingUnits: 0 });
        expect(await store.confirm({ sessionHash: "ann", operationId: "requests" })).toEqual({ outcome: "gone" });
        expect(await store.totals()).toMatchObject({ sessions: 1 });
        // It left nothing pending, so the session's next call is not blocked.
        expect(await placeWithHints("ann", "requests again", mug(2, 5))).toMatchObject({ outcome: "placed" });
      });

      it("places when the hint is just enough, or when there is none", async () => {
        await grant("bob", { mug: 3 });
        expect(await placeWithHints("ann", "fits", mug(2, 5))).toMatchObject({ outcome: "placed" });
        expect(await placeWithHints("cy", "no figure", mug(9, null))).toMatchObject({ outcome: "placed" });
        expect(await placeWithHints("di", "no figure either", { productId: "mug", quantity: 9 })).toMatchObject({
          outcome: "placed",
        });
      });

      it("counts pending and claimed units of others", async () => {
        await grant("payer", { mug: 1 });
        await claim("payer", "claim-1");
        await place("bob", "pending", { mug: 1 });
        const placed = await placeWithHints("ann", "requests", mug(1, 2));
        if (placed.outcome !== "cannot_fit") throw new Error(placed.outcome);
        expect(placed.others.get("mug")).toMatchObject({ units: 2, pendingUnits: 1 });
        await store.abort({ sessionHash: "bob", operationId: "pending" });
        expect(await placeWithHints("ann", "requests", mug(1, 2))).toMatchObject({ outcome: "placed" });
      });

      it("does not count the session's own holds", async () => {
        await grant("ann", { mug: 4 });
        expect(await placeWithHints("ann", "more", mug(5, 5))).toMatchObject({ outcome: "placed" });
        await store.abort({ sessionHash: "ann", operationId: "more" });
        await grant("bob", { mug: 1 });
        expect(await placeWithHints("ann", "too many", mug(5, 5))).toMatchObject({ outcome: "cannot_fit" });
        expect((await store.view("ann")).lines).toEqual([{ productId: "mug", quantity: 4 }]);
        expect(await placeWithHints("ann", "fewer", mug(2, 5))).toMatchObject({ outcome: "placed" });
      });

      it("releases a product whatever its hint is", async () => {
        await grant("ann", { mug: 2 });
        expect(await placeWithHints("ann", "none", mug(0, 0))).toMatchObject({ outcome: "placed" });
      });

      it("places all lines or none", async () => {
        const hat = { productId: "hat", quantity: 1, hint: 0 };
        expect(await placeWithHints("ann", "both", mug(1, 1), hat)).toMatchObject({ outcome: "cannot_fit" });
        expect([await total("mug"), await total("hat")]).toEqual([0, 0]);
      });

      it("is placed again when it is repeated, whatever the hint says by then", async () => {
        await placeWithHints("ann", "once", mug(1, 1));
        expect(await placeWithHints("ann", "once", mug(1, 0))).toMatchObject({ outcome: "placed" });
        expect(await total("mug")).toBe(1);
      });

      it("checks hints after everything else that can refuse a call", async () => {
        await grant("ann", { hat: 1, cup: 1 });
        const lines = [mug(1, 0)];
        expect(await store.place({ sessionHash: "ann", operationId: "third", lines, maxLines: 2 })).toEqual({
          outcome: "too_many_lines",
        });
        await place("ann", "pending", { hat: 2 });
        expect(await placeWithHints("ann", "second", mug(1, 0))).toEqual({ outcome: "busy" });
        await store.abort({ sessionHash: "ann", operationId: "pending" });
        await claim("ann", "claim-1");
        expect(await placeWithHints("ann", "late", mug(1, 0))).toMatchObject({ outcome: "checkout_open" });
      });
    });

    describe("the cap of a client", () => {
      const request = (sessionHash: string, quantity: number, maxUnits = 10, clientId = "campus") =>
        store.place({
          sessionHash,
          operationId: newOperationId(),
          lines: [{ productId: "mug", quantity }],
          maxLines: 30,
          clients: [{ clientId, maxUnits }],
        });
      const reserve = async (sessionHash: string, quantity: number, clientId = "campus") => {
        const operationId = newOperationId();
        const placed = await store.place({
          sessionHash,
          operationId,
          lines: [{ productId: "mug", quantity }],
          maxLines: 30,
          clients: [{ clientId, maxUnits: 10 }],
        });
        if (placed.outcome === "placed") await store.confirm({ sessionHash, operationId });
        return placed.outcome;
      };

      it("counts all its sessions, pending calls included, and no others; a refused call writes nothing", async () => {
        expect(await reserve("ann", 6)).toBe("placed");
        expect(await request("bob", 3)).toMatchObject({ outcome: "placed" });
        expect(await request("cy", 2)).toEqual({ outcome: "client_full", maxUnits: 10 });
        expect(await reserve("di", 10, "elsewhere")).toBe("placed");
        await grant("eve", { mug: 20 });
        expect(await total("mug")).toBe(39);
        expect(await reserve("cy", 1)).toBe("placed");
      });

      it("never refuses a session that requests no more than it holds, whatever the cap is by then", async () => {
        await reserve("ann", 10);
        expect(await request("ann", 10, 1)).toMatchObject({ outcome: "placed" });
        expect(await request("bob", 1, 1)).toEqual({ outcome: "client_full", maxUnits: 1 });
        await advance(pendingMs + SLACK_MS);
        expect(await request("ann", 11)).toEqual({ outcome: "client_full", maxUnits: 10 });
        expect(
          await store.place({
            sessionHash: "ann",
            operationId: newOperationId(),
            lines: linesOf({ mug: 4, hat: 6 }),
            maxLines: 30,
            clients: [{ clientId: "campus", maxUnits: 10 }],
          }),
        ).toMatchObject({ outcome: "placed" });
      });

      it("allows more units again once some were aborted, released, sold or lapsed", async () => {
        const ends: (() => Promise<unknown>)[] = [
          () => store.release({ sessionHash: "ann", productIds: "all" }),
          async () => {
            await claim("ann", "claim-1");
            await store.complete({ claimId: "claim-1", checkoutId: null });
          },
          () => advance(ttlMs + SLACK_MS),
        ];
        for (const end of ends) {
          expect(await reserve("ann", 10)).toBe("placed");
          expect(await reserve("bob", 1)).toBe("client_full");
          await end();
        }
        const operation = { sessionHash: "ann", operationId: newOperationId() };
        await store.place({
          ...operation,
          lines: linesOf({ mug: 10 }),
          maxLines: 30,
          clients: [{ clientId: "campus", maxUnits: 10 }],
        });
        await store.abort(operation);
        expect(await reserve("bob", 10)).toBe("placed");
      });

      it("counts claimed units as long as they are held, and is checked before the open payment page", async () => {
        await reserve("ann", 10);
        await claim("ann", "claim-1");
        await advance(maxAgeMs + ttlMs);
        expect(await reserve("bob", 1)).toBe("client_full");
        expect(await request("ann", 11)).toEqual({ outcome: "client_full", maxUnits: 10 });
        expect(await request("ann", 10)).toMatchObject({ outcome: "checkout_open" });
      });

      it("counts a session towards the client of its first hold, until it holds nothing", async () => {
        await reserve("ann", 9);
        expect(await reserve("ann", 10, "elsewhere")).toBe("placed");
        expect(await reserve("bob", 1)).toBe("client_full");
        expect(await reserve("bob", 10, "elsewhere")).toBe("placed");
        await store.release({ sessionHash: "ann", productIds: "all" });
        expect(await reserve("ann", 1, "elsewhere")).toBe("client_full");
        expect(await reserve("ann", 10)).toBe("placed");
      });

      it("applies to all groups of a client, and returns the cap that would be exceeded", async () => {
        const reserve = async (sessionHash: string, home: string, quantity: number) => {
          const operation = { sessionHash, operationId: newOperationId() };
          const clients = [
            { clientId: home, maxUnits: 10 },
            { clientId: "street", maxUnits: 20 },
          ];
          const placed = await store.place({
            ...operation,
            lines: [{ productId: "mug", quantity }],
            maxLines: 30,
            clients,
          });
          if (placed.outcome === "placed") await store.confirm(operation);
          return placed.outcome === "client_full" ? placed.maxUnits : placed.outcome;
        };
        expect(await reserve("ann", "first", 9)).toBe("placed");
        expect(await reserve("bob", "first", 2)).toBe(10);
        expect(await reserve("cy", "second", 9)).toBe("placed");
        expect(await reserve("di", "third", 3)).toBe(20);
        expect(await reserve("di", "third", 2)).toBe("placed");
        await claim("ann", "claim-1");
        await store.complete({ claimId: "claim-1", checkoutId: null });
        expect(await reserve("eve", "third", 8)).toBe("placed");
        expect(await reserve("bob", "first", 2)).toBe(20);
      });

      it("includes a session without a client from its next call on, and does not affect a repeated call", async () => {
        const again = {
          sessionHash: "ann",
          operationId: newOperationId(),
          lines: linesOf({ mug: 10 }),
          maxLines: 30,
          clients: [{ clientId: "campus", maxUnits: 10 }],
        };
        expect(await store.place(again)).toMatchObject({ outcome: "placed" });
        expect(await store.place({ ...again, clients: [{ clientId: "campus", maxUnits: 1 }] })).toMatchObject({
          outcome: "placed",
        });
        await store.abort(again);
        await grant("ann", { hat: 8 });
        expect(await reserve("ann", 2)).toBe("placed");
        expect(await reserve("bob", 1)).toBe("client_full");
      });
    });

    it("keeps the terms of a payment page as long as its claim", async () => {
      const terms = { payWithinMs: 300_000, accounts: [{ key: "of:ann", perSecond: 0.001, onPaid: 1_000 }] };
      await grant("ann", { mug: 1 });
      expect(await store.claim({ sessionHash: "ann", claimId: "claim-1", terms })).toMatchObject({ claim: { terms } });
      await store.stamp({ claimId: "claim-1", checkoutId: "cs_1" });
      expect(await store.findClaim("claim-1")).toMatchObject({ terms });
      expect(await store.unclaim({ claimId: "claim-1", checkoutId: "cs_1", to: "stock" })).toMatchObject({
        claim: { terms },
      });
      await grant("bob", { mug: 1 });
      expect(
        await store.claim({ sessionHash: "bob", claimId: "claim-2", terms: { ...terms, accounts: [] } }),
      ).toMatchObject({ claim: { terms: { accounts: [] } } });
    });

    describe("confirm", () => {
      it("is gone for an operation that was never placed", async () => {
        expect(await store.confirm({ sessionHash: "ann", operationId: "never" })).toEqual({ outcome: "gone" });
        await grant("ann", { mug: 1 });
        expect(await store.confirm({ sessionHash: "ann", operationId: "never" })).toEqual({ outcome: "gone" });
      });

      it("is gone once the pending units have lapsed, and granted ones stay", async () => {
        await grant("ann", { mug: 1 });
        await place("ann", "slow", { mug: 4 });
        await advance(pendingMs + SLACK_MS);
        expect(await store.confirm({ sessionHash: "ann", operationId: "slow" })).toEqual({ outcome: "gone" });
        expect((await store.view("ann")).lines).toEqual([{ productId: "mug", quantity: 1 }]);
      });

      it("is gone after an abort", async () => {
        await place("ann", "undone", { mug: 1 });
        await store.abort({ sessionHash: "ann", operationId: "undone" });
        expect(await store.confirm({ sessionHash: "ann", operationId: "undone" })).toEqual({ outcome: "gone" });
        expect(await total("mug")).toBe(0);
      });

      it("is gone when a later call has replaced it, and does not affect that call", async () => {
        await place("ann", "slow", { mug: 4 });
        await advance(pendingMs + SLACK_MS);
        await place("ann", "later", { mug: 1 });
        expect(await store.confirm({ sessionHash: "ann", operationId: "slow" })).toEqual({ outcome: "gone" });
        expect(await store.confirm({ sessionHash: "ann", operationId: "later" })).toMatchObject({
          outcome: "confirmed",
        });
        expect(await total("mug")).toBe(1);
      });

      it("is gone for another session's operation", async () => {
        await place("ann", "hers", { mug: 1 });
        expect(await store.confirm({ sessionHash: "bob", operationId: "hers" })).toEqual({ outcome: "gone" });
      });

      it("returns the same result when it is repeated", async () => {
        await place("ann", "once", { mug: 2 });
        const first = await store.confirm({ sessionHash: "ann", operationId: "once" });
        const second = await store.confirm({ sessionHash: "ann", operationId: "once" });
        expect(first).toMatchObject({ outcome: "confirmed", view: { lines: [{ productId: "mug", quantity: 2 }] } });
        expect(second).toMatchObject({ outcome: "confirmed", view: { lines: [{ productId: "mug", quantity: 2 }] } });
        expect(await total("mug")).toBe(2);
      });

      it("is gone for an operation before the session's latest one", async () => {
        await place("ann", "first", { mug: 2 });
        await store.confirm({ sessionHash: "ann", operationId: "first" });
        await grant("ann", { mug: 3 });
        expect(await store.confirm({ sessionHash: "ann", operationId: "first" })).toEqual({ outcome: "gone" });
      });

      it("sets each named line and keeps the others", async () => {
        await grant("ann", { mug: 5, hat: 1, cup: 1 });
        const view = await grant("ann", { mug: 1, hat: 0, jar: 2 });
        expect(unitsOf(view.lines)).toEqual({ mug: 1, cup: 1, jar: 2 });
        expect([await total("mug"), await total("hat"), await total("cup"), await total("jar")]).toEqual([1, 0, 1, 2]);
      });

      it("starts two minutes for the whole cart, and no more", async () => {
        await grant("ann", { mug: 1 });
        await advance(60_000);
        const view = await grant("ann", { hat: 1 });
        expectWithin(view.expiresInMs, ttlMs);
        await advance(ttlMs - SLACK_MS);
        expect(unitsOf((await store.view("ann")).lines)).toEqual({ mug: 1, hat: 1 });
        expect(await total("mug")).toBe(1);
        await advance(2 * SLACK_MS);
        expect(await store.view("ann")).toEqual({ lines: [], expiresInMs: null, renewableForMs: null, claim: null });
        expect([await total("mug"), await total("hat")]).toEqual([0, 0]);
      });

      it("of a call that only releases leaves no trace of the session", async () => {
        await grant("ann", { mug: 1 });
        const view = await grant("ann", { mug: 0, unknown: 0 });
        expect(view).toEqual({ lines: [], expiresInMs: null, renewableForMs: null, claim: null });
        expect(await store.totals()).toMatchObject({ shopping: 0, units: 0, sessions: 0 });
      });
    });

    describe("abort", () => {
      it("of another session's or an unknown operation changes nothing", async () => {
        await place("ann", "hers", { mug: 1 });
        await store.abort({ sessionHash: "ann", operationId: "other" });
        await store.abort({ sessionHash: "bob", operationId: "hers" });
        expect(await store.confirm({ sessionHash: "ann", operationId: "hers" })).toMatchObject({
          outcome: "confirmed",
        });
      });

      it("leaves granted units and their deadline unchanged", async () => {
        await grant("ann", { mug: 5 });
        await advance(60_000);
        await place("ann", "more", { mug: 8, hat: 1 });
        await store.abort({ sessionHash: "ann", operationId: "more" });
        const view = await store.view("ann");
        expect(unitsOf(view.lines)).toEqual({ mug: 5 });
        expectWithin(view.expiresInMs, ttlMs - 60_000);
        expect([await total("mug"), await total("hat")]).toEqual([5, 0]);
      });

      it("is idempotent, and does nothing after a confirm", async () => {
        await place("ann", "undone", { mug: 1 });
        await store.abort({ sessionHash: "ann", operationId: "undone" });
        await store.abort({ sessionHash: "ann", operationId: "undone" });
        expect(await store.totals()).toMatchObject({ units: 0, sessions: 0 });
        await place("ann", "done", { mug: 1 });
        await store.confirm({ sessionHash: "ann", operationId: "done" });
        await store.abort({ sessionHash: "ann", operationId: "done" });
        expect(await total("mug")).toBe(1);
      });
    });

    describe("renew", () => {
      it("returns nothing_held if nothing was held or all has lapsed", async () => {
        expect(await store.renew("ann")).toEqual({ outcome: "nothing_held" });
        await grant("ann", { mug: 1 });
        await advance(ttlMs + SLACK_MS);
        expect(await store.renew("ann")).toEqual({ outcome: "nothing_held" });
        expect(await total("mug")).toBe(0);
      });

      it("neither extends nor grants a pending call", async () => {
        await place("ann", "crashed", { mug: 1 });
        expect(await store.renew("ann")).toEqual({ outcome: "nothing_held" });
        await advance(pendingMs + SLACK_MS);
        expect(await total("mug")).toBe(0);
      });

      it("is refused while a payment page is open", async () => {
        await grant("ann", { mug: 1 });
        const open = await claim("ann", "claim-1");
        expect(await store.renew("ann")).toEqual({ outcome: "checkout_open", claim: open });
      });

      it("restarts the two minutes", async () => {
        await grant("ann", { mug: 1 });
        await advance(100_000);
        const renewed = await store.renew("ann");
        expect(renewed).toMatchObject({ outcome: "renewed", view: { lines: [{ productId: "mug", quantity: 1 }] } });
        if (renewed.outcome === "renewed") expectWithin(renewed.view.expiresInMs, ttlMs);
        await advance(100_000);
        expect(await total("mug")).toBe(1);
      });

      it("never exceeds the absolute age, whatever the change", async () => {
        await grant("ann", { mug: 1 });
        await advance(100_000);
        await store.renew("ann");
        await advance(100_000);
        const view = await grant("ann", { hat: 1 });
        expectWithin(view.expiresInMs, maxAgeMs - 200_000);
        expectWithin(view.renewableForMs, maxAgeMs - 200_000);
        await advance(maxAgeMs - 200_000 + SLACK_MS);
        expect([await total("mug"), await total("hat")]).toEqual([0, 0]);
      });

      it("restarts the age once the session holds nothing", async () => {
        await grant("ann", { mug: 1 });
        await advance(100_000);
        await store.release({ sessionHash: "ann", productIds: "all" });
        expectWithin((await grant("ann", { mug: 1 })).renewableForMs, maxAgeMs);
        await advance(ttlMs + SLACK_MS);
        expectWithin((await grant("ann", { mug: 1 })).renewableForMs, maxAgeMs);
      });
    });

    describe("release", () => {
      it("is busy while a call is pending, and frees nothing", async () => {
        await grant("ann", { mug: 1 });
        await place("ann", "running", { mug: 2 });
        expect(await store.release({ sessionHash: "ann", productIds: "all" })).toEqual({ outcome: "busy" });
        expect(await total("mug")).toBe(2);
      });

      it("is refused while a payment page is open, and frees nothing", async () => {
        await grant("ann", { mug: 1 });
        const open = await claim("ann", "claim-1");
        expect(await store.release({ sessionHash: "ann", productIds: ["mug"] })).toEqual({
          outcome: "checkout_open",
          claim: open,
        });
        expect(await total("mug")).toBe(1);
      });

      it("releases nothing that the session does not hold", async () => {
        await grant("ann", { mug: 1 });
        expect(await store.release({ sessionHash: "bob", productIds: "all" })).toMatchObject({
          outcome: "released",
          lines: [],
        });
        expect(await store.release({ sessionHash: "ann", productIds: ["hat"] })).toMatchObject({
          outcome: "released",
          lines: [],
        });
        expect(await total("mug")).toBe(1);
      });

      it("frees the named lines, renews the rest, and frees nothing when it is repeated", async () => {
        await grant("ann", { mug: 2, hat: 1 });
        await advance(60_000);
        const first = await store.release({ sessionHash: "ann", productIds: ["mug"] });
        expect(first).toMatchObject({ outcome: "released", lines: [{ productId: "mug", quantity: 2 }] });
        if (first.outcome === "released") {
          expect(unitsOf(first.view.lines)).toEqual({ hat: 1 });
          expectWithin(first.view.expiresInMs, ttlMs);
        }
        expect([await total("mug"), await total("hat")]).toEqual([0, 1]);
        expect(await store.release({ sessionHash: "ann", productIds: ["mug"] })).toMatchObject({
          outcome: "released",
          lines: [],
        });
      });

      it("of all lines leaves nothing of the session, and does not affect others", async () => {
        await grant("ann", { mug: 2, hat: 1 });
        await grant("bob", { mug: 1 });
        const released = await store.release({ sessionHash: "ann", productIds: "all" });
        if (released.outcome !== "released") throw new Error(released.outcome);
        expect(unitsOf(released.lines)).toEqual({ mug: 2, hat: 1 });
        expect([await total("mug"), await total("hat")]).toEqual([1, 0]);
        expect(await store.totals()).toMatchObject({ shopping: 1, units: 1, sessions: 1 });
      });
    });

    describe("claim", () => {
      it("returns nothing_held if nothing is granted or all has lapsed", async () => {
        expect(await store.claim({ sessionHash: "ann", claimId: "claim-1" })).toEqual({ outcome: "nothing_held" });
        await grant("ann", { mug: 1 });
        await advance(ttlMs + SLACK_MS);
        expect(await store.claim({ sessionHash: "ann", claimId: "claim-1" })).toEqual({ outcome: "nothing_held" });
        expect(await store.findClaim("claim-1")).toBeNull();
      });

      it("is busy while a call is pending, and never claims pending units", async () => {
        await grant("ann", { mug: 1 });
        await place("ann", "running", { mug: 3 });
        expect(await store.claim({ sessionHash: "ann", claimId: "claim-1" })).toEqual({ outcome: "busy" });
        await advance(pendingMs + SLACK_MS);
        expect((await claim("ann", "claim-1")).lines).toEqual([{ productId: "mug", quantity: 1 }]);
      });

      it("is refused while the session has another one", async () => {
        await grant("ann", { mug: 1 });
        const open = await claim("ann", "claim-1");
        expect(await store.claim({ sessionHash: "ann", claimId: "claim-2" })).toEqual({
          outcome: "checkout_open",
          claim: open,
        });
        expect(await store.findClaim("claim-2")).toBeNull();
      });

      it("returns the claim as it is when it is repeated", async () => {
        await grant("ann", { mug: 1 });
        const first = await claim("ann", "claim-1");
        await advance(5_000);
        expect(await claim("ann", "claim-1")).toEqual(first);
        await store.stamp({ claimId: "claim-1", checkoutId: "cs_1" });
        expect(await claim("ann", "claim-1")).toEqual({ ...first, checkoutId: "cs_1" });
        expect(await total("mug")).toBe(1);
      });

      it("removes the deadline of the units and returns what others hold", async () => {
        await grant("bob", { mug: 3 });
        await grant("ann", { mug: 2, hat: 1 });
        const claimed = await store.claim({ sessionHash: "ann", claimId: "claim-1" });
        if (claimed.outcome !== "claimed") throw new Error(claimed.outcome);
        expect(unitsOf(claimed.claim.lines)).toEqual({ mug: 2, hat: 1 });
        expect(claimed.others.get("mug")).toMatchObject({ units: 3, pendingUnits: 0 });
        expect(claimed.others.get("hat")).toMatchObject(NO_OTHERS);
        await advance(24 * 3_600_000);
        expect(await store.view("ann")).toEqual({
          lines: [],
          expiresInMs: null,
          renewableForMs: null,
          claim: claimed.claim,
        });
        expect(othersOf(await place("cy", "requests", { mug: 1 }), "mug")).toMatchObject({
          units: 2,
          pendingUnits: 0,
          nextReleaseInMs: null,
        });
      });

      it("makes a repeated confirm of an earlier operation return gone", async () => {
        await place("ann", "early", { mug: 1 });
        await store.confirm({ sessionHash: "ann", operationId: "early" });
        await claim("ann", "claim-1");
        expect(await store.confirm({ sessionHash: "ann", operationId: "early" })).toEqual({ outcome: "gone" });
      });
    });

    describe("stamp", () => {
      it("is gone if there is no such claim, so that no payment page is handed out without one", async () => {
        expect(await store.stamp({ claimId: "claim-1", checkoutId: "cs_1" })).toBe("gone");
        await grant("ann", { mug: 1 });
        await claim("ann", "claim-1");
        await store.unclaim({ claimId: "claim-1", checkoutId: null, to: "stock" });
        expect(await store.stamp({ claimId: "claim-1", checkoutId: "cs_1" })).toBe("gone");
      });

      it("is gone if the claim has another checkout, and keeps that one", async () => {
        await grant("ann", { mug: 1 });
        await claim("ann", "claim-1");
        expect(await store.stamp({ claimId: "claim-1", checkoutId: "cs_1" })).toBe("stamped");
        expect(await store.stamp({ claimId: "claim-1", checkoutId: "cs_2" })).toBe("gone");
        expect(await store.stamp({ claimId: "claim-1", checkoutId: "cs_1" })).toBe("stamped");
        expect((await store.findClaim("claim-1"))?.checkoutId).toBe("cs_1");
        expect((await store.view("ann")).claim?.checkoutId).toBe("cs_1");
      });
    });

    describe("complete and unclaim", () => {
      const ends = [
        {
          operation: "complete",
          end: (claimId: string, checkoutId: string | null) => store.complete({ claimId, checkoutId }),
        },
        {
          operation: "unclaim to the stock",
          end: (claimId: string, checkoutId: string | null) => store.unclaim({ claimId, checkoutId, to: "stock" }),
        },
        {
          operation: "unclaim to the shopper",
          end: (claimId: string, checkoutId: string | null) => store.unclaim({ claimId, checkoutId, to: "shopper" }),
        },
      ];

      it.each(ends)("$operation applies only to a claim with exactly this checkout", async ({ end }) => {
        await grant("ann", { mug: 1 });
        await claim("ann", "claim-1");
        expect(await end("claim-1", "cs_1")).toEqual({ outcome: "gone" });
        await store.stamp({ claimId: "claim-1", checkoutId: "cs_1" });
        expect(await end("claim-1", null)).toEqual({ outcome: "gone" });
        expect(await end("claim-1", "cs_0")).toEqual({ outcome: "gone" });
        expect(await end("claim-0", "cs_1")).toEqual({ outcome: "gone" });
        expect((await store.view("ann")).claim).toMatchObject({ claimId: "claim-1", checkoutId: "cs_1" });
        expect(await total("mug")).toBe(1);
        expect(await end("claim-1", "cs_1")).toMatchObject({
          outcome: "ended",
          claim: { claimId: "claim-1", checkoutId: "cs_1" },
        });
        expect(await end("claim-1", "cs_1")).toEqual({ outcome: "gone" });
        expect(await store.findClaim("claim-1")).toBeNull();
      });

      it.each(ends)("$operation of an old payment page does not affect a newer one", async ({ end }) => {
        await grant("ann", { mug: 1 });
        await claim("ann", "claim-1");
        await store.stamp({ claimId: "claim-1", checkoutId: "cs_1" });
        await store.unclaim({ claimId: "claim-1", checkoutId: "cs_1", to: "shopper" });
        await claim("ann", "claim-2");
        await store.stamp({ claimId: "claim-2", checkoutId: "cs_2" });
        expect(await end("claim-1", "cs_1")).toEqual({ outcome: "gone" });
        expect(await total("mug")).toBe(1);
        expect((await store.view("ann")).claim?.claimId).toBe("claim-2");
      });

      it("free the units when they are sold or returned to the stock", async () => {
        await grant("ann", { mug: 2 });
        await grant("bob", { mug: 1 });
        await claim("ann", "claim-1");
        await claim("bob", "claim-2");
        await store.complete({ claimId: "claim-1", checkoutId: null });
        expect(await total("mug")).toBe(1);
        await store.unclaim({ claimId: "claim-2", checkoutId: null, to: "stock" });
        expect(await store.totals()).toMatchObject({ shopping: 0, checkout: 0, units: 0, sessions: 0 });
        expect(await place("ann", "next", { mug: 1 })).toMatchObject({ outcome: "placed" });
      });

      it("return the units to the shopper for two minutes", async () => {
        await grant("ann", { mug: 2 });
        await advance(100_000);
        await claim("ann", "claim-1");
        await advance(50_000);
        await store.unclaim({ claimId: "claim-1", checkoutId: null, to: "shopper" });
        const view = await store.view("ann");
        expect(unitsOf(view.lines)).toEqual({ mug: 2 });
        expectWithin(view.expiresInMs, ttlMs);
        expectWithin(view.renewableForMs, maxAgeMs - 150_000);
        await advance(ttlMs + SLACK_MS);
        expect(await total("mug")).toBe(0);
      });

      it("do not restart the absolute age, which continues while the units are claimed", async () => {
        await grant("ann", { mug: 2 });
        await claim("ann", "claim-1");
        await advance(maxAgeMs - 30_000);
        await store.unclaim({ claimId: "claim-1", checkoutId: null, to: "shopper" });
        expectWithin((await store.view("ann")).expiresInMs, 30_000);
        await claim("ann", "claim-2");
        await advance(31_000);
        expect(await total("mug")).toBe(2);
        expect(await store.unclaim({ claimId: "claim-2", checkoutId: null, to: "shopper" })).toMatchObject({
          outcome: "ended",
        });
        expect(await total("mug")).toBe(0);
        expect((await store.view("ann")).lines).toEqual([]);
      });
    });

    describe("lower", () => {
      const stamped = async (units: Record<string, number>) => {
        await grant("ann", units);
        await claim("ann", "claim-1");
        await store.stamp({ claimId: "claim-1", checkoutId: "cs_1" });
      };
      const ref = { claimId: "claim-1", checkoutId: "cs_1" };

      it("keeps the named lines of a claim, and frees the rest at once", async () => {
        await stamped({ mug: 3, hat: 1, pot: 2 });
        const events: StoreEvent[] = [];
        const stop = store.subscribe((event) => events.push(event));
        expect(await store.lower({ ...ref, lines: linesOf({ mug: 3, pot: 1 }) })).toBe("lowered");
        expect([await total("mug"), await total("hat"), await total("pot")]).toEqual([3, 0, 1]);
        expect(await store.findClaim("claim-1")).toMatchObject({
          checkoutId: "cs_1",
          lines: linesOf({ mug: 3, pot: 1 }),
        });
        expect((await store.view("ann")).claim).toMatchObject({ lines: linesOf({ mug: 3, pot: 1 }) });
        expect(await store.totals()).toMatchObject({ checkout: 2, units: 4, sessions: 1 });
        await vi.waitFor(() => expect(events).toEqual([{ type: "changed", productIds: ["hat", "pot"] }]), PATIENT);
        stop();
        expect(await store.complete(ref)).toMatchObject({ outcome: "ended" });
        expect(await store.totals()).toMatchObject({ checkout: 0, units: 0, sessions: 0 });
      });

      it("never raises a quantity, even when it is repeated or late", async () => {
        await stamped({ mug: 3, hat: 1 });
        await store.lower({ ...ref, lines: linesOf({ mug: 2 }) });
        await store.lower({ ...ref, lines: linesOf({ mug: 2 }) });
        await store.lower({ ...ref, lines: linesOf({ mug: 9, hat: 9, pot: 9 }) });
        expect([await total("mug"), await total("hat"), await total("pot")]).toEqual([2, 0, 0]);
        await advance(maxAgeMs + 1_000);
        expect(await total("mug")).toBe(2);
      });

      it("applies only to a claim with exactly this checkout", async () => {
        await stamped({ mug: 3 });
        expect(await store.lower({ claimId: "claim-1", checkoutId: "cs_2", lines: [] })).toBe("gone");
        expect(await store.lower({ claimId: "claim-1", checkoutId: null, lines: [] })).toBe("gone");
        expect(await store.lower({ claimId: "claim-2", checkoutId: "cs_1", lines: [] })).toBe("gone");
        expect(await total("mug")).toBe(3);
      });

      it("may leave a claim without lines, which still ends normally", async () => {
        await stamped({ mug: 3 });
        expect(await store.lower({ ...ref, lines: [] })).toBe("lowered");
        expect(await total("mug")).toBe(0);
        expect(await store.findClaim("claim-1")).toMatchObject({ lines: [] });
        expect(await store.complete(ref)).toMatchObject({ outcome: "ended" });
        expect(await store.totals()).toMatchObject({ checkout: 0, units: 0, sessions: 0 });
      });

      it("does not affect another claim of the session", async () => {
        await stamped({ mug: 1 });
        const { claimedAt } = (await store.findClaim("claim-1")) ?? { claimedAt: 0 };
        await store.restore({
          claimId: "back",
          checkoutId: "cs_back",
          sessionHash: "ann",
          lines: linesOf({ mug: 2 }),
          claimedAt,
        });
        await store.lower({ claimId: "back", checkoutId: "cs_back", lines: linesOf({ mug: 1 }) });
        expect(await total("mug")).toBe(2);
        await store.lower({ ...ref, lines: [] });
        expect(await total("mug")).toBe(1);
      });
    });

    describe("restore", () => {
      const lost = (claimId: string, sessionHash: string, units: Record<string, number>, claimedAt: number): Claim => ({
        claimId,
        checkoutId: `cs_${claimId}`,
        sessionHash,
        lines: linesOf(units),
        claimedAt,
      });

      it("restores a claim once, whatever else is held", async () => {
        await grant("bob", { mug: 9 });
        const claimedAt = (await claim("bob", "now")).claimedAt - 5_000;
        const restored = lost("back", "ann", { mug: 2, hat: 1 }, claimedAt);
        await store.restore(restored);
        await store.restore(restored);
        expect([await total("mug"), await total("hat")]).toEqual([11, 1]);
        expect(await store.findClaim("back")).toMatchObject(restored);
        expect((await store.view("ann")).claim).toEqual(restored);
        expect(await place("ann", "late", { mug: 3 })).toEqual({ outcome: "checkout_open", claim: restored });
        expect(await store.complete({ claimId: "back", checkoutId: "cs_back" })).toMatchObject({ outcome: "ended" });
        expect(await total("mug")).toBe(9);
      });

      it("keeps the claim that the session already has; both count, and each ends separately", async () => {
        await grant("ann", { mug: 1 });
        const own = await claim("ann", "own");
        await store.restore(lost("back", "ann", { mug: 2 }, own.claimedAt - 5_000));
        expect((await store.view("ann")).claim?.claimId).toBe("own");
        expect(await total("mug")).toBe(3);
        await store.complete({ claimId: "back", checkoutId: "cs_back" });
        expect(await total("mug")).toBe(1);
        expect((await store.view("ann")).claim?.claimId).toBe("own");
      });

      it("supersedes a pending call of the session", async () => {
        await grant("bob", { hat: 1 });
        const { claimedAt } = await claim("bob", "now");
        await place("ann", "running", { mug: 4 });
        await store.restore(lost("back", "ann", { mug: 2 }, claimedAt));
        expect(await store.confirm({ sessionHash: "ann", operationId: "running" })).toEqual({ outcome: "gone" });
        expect(await total("mug")).toBe(2);
      });

      it("counts the absolute age from the time of the claim", async () => {
        await grant("bob", { hat: 1 });
        const { claimedAt } = await claim("bob", "now");
        await store.restore(lost("young", "ann", { mug: 1 }, claimedAt - maxAgeMs + 30_000));
        await store.restore(lost("old", "cy", { mug: 1 }, claimedAt - maxAgeMs - 1_000));
        await store.unclaim({ claimId: "young", checkoutId: "cs_young", to: "shopper" });
        await store.unclaim({ claimId: "old", checkoutId: "cs_old", to: "shopper" });
        expectWithin((await store.view("ann")).expiresInMs, 30_000);
        expect(await heldOf("mug")).toMatchObject({ total: 1 });
      });
    });

    it("lists claims of a minimum age, oldest first", async () => {
      await grant("ann", { mug: 1 });
      await grant("bob", { mug: 1 });
      const older = await claim("ann", "older");
      await advance(60_000);
      const newer = await claim("bob", "newer");
      await store.restore({
        claimId: "oldest",
        checkoutId: "cs_3",
        sessionHash: "cy",
        lines: linesOf({ mug: 1 }),
        claimedAt: older.claimedAt - 1_000,
      });
      const ids = async (olderThanMs: number) => (await store.claims({ olderThanMs })).map((each) => each.claimId);
      expect(await ids(0)).toEqual(["oldest", "older", "newer"]);
      expect(await ids(60_000)).toEqual(["oldest", "older"]);
      expect(await ids(3_600_000)).toEqual([]);
      expect(newer.claimedAt - older.claimedAt).toBeGreaterThanOrEqual(60_000);
    });

    it("lists claims page by page, even if several share a millisecond or the last one has ended since", async () => {
      const { claimedAt } = await claimMug("now");
      for (const [index, age] of [3_000, 2_000, 2_000, 2_000, 1_000].entries()) {
        const lines = linesOf({ mug: 1 });
        await store.restore({
          claimId: `claim-${index}`,
          checkoutId: index === 2 ? null : `cs_${index}`,
          sessionHash: `s-${index}`,
          lines,
          claimedAt: claimedAt - age,
        });
      }
      const names = (claims: readonly Claim[]) => claims.map(({ claimId }) => claimId);
      const first = await store.claims({ olderThanMs: 0, limit: 2 });
      expect(names(first)).toEqual(["claim-0", "claim-1"]);
      await store.complete({ claimId: "claim-1", checkoutId: "cs_1" });
      const second = await store.claims({ olderThanMs: 0, limit: 2, after: first[1] });
      expect(names(second)).toEqual(["claim-2", "claim-3"]);
      expect(names(await store.claims({ olderThanMs: 500, limit: 2, after: second[1] }))).toEqual(["claim-4"]);
      const every: string[] = [];
      for await (const { claimId } of everyClaim(store, { olderThanMs: 500, limit: 1 })) every.push(claimId);
      expect(every).toEqual(["claim-0", "claim-2", "claim-3", "claim-4"]);
    });

    it("lists claims without a checkout until they are stamped or end", async () => {
      const made = await claimMug("ann");
      await store.restore({
        claimId: "back",
        checkoutId: null,
        sessionHash: "bob",
        lines: linesOf({ mug: 1 }),
        claimedAt: made.claimedAt - 1_000,
      });
      await store.restore({
        claimId: "stamped",
        checkoutId: "cs_1",
        sessionHash: "cy",
        lines: linesOf({ mug: 1 }),
        claimedAt: made.claimedAt - 2_000,
      });
      const unstamped = async () =>
        (await store.claims({ olderThanMs: 0, isUnstamped: true })).map(({ claimId }) => claimId);
      expect(await unstamped()).toEqual(["back", made.claimId]);
      await store.stamp({ claimId: made.claimId, checkoutId: "cs_2" });
      await store.unclaim({ claimId: "back", checkoutId: null, to: "stock" });
      expect(await unstamped()).toEqual([]);
    });

    it("returns a claim's age by the store's clock", async () => {
      const { claimId } = await claimMug("ann");
      await advance(60_000);
      const age = (await store.findClaim(claimId))?.ageMs ?? 0;
      expect(age).toBeGreaterThanOrEqual(60_000);
      expect(age).toBeLessThan(70_000);
    });

    describe("held", () => {
      it("returns products that nobody holds", async () => {
        expect(await heldOf("mug", "ann")).toEqual({ total: 0, byYou: 0, ...NO_OTHERS });
      });

      it("never counts lapsed holds, however many lapsed together", async () => {
        for (let i = 0; i < 100; i += 1) await grant(`shopper-${i}`, { mug: 1 });
        expect(await total("mug")).toBe(100);
        await advance(ttlMs + SLACK_MS);
        expect(await heldOf("mug")).toEqual({ total: 0, byYou: 0, ...NO_OTHERS });
        expect(await store.totals()).toMatchObject({ shopping: 0, units: 0, sessions: 0 });
      });

      it("splits units between the requesting session and all others", async () => {
        await grant("ann", { mug: 2 });
        await grant("bob", { mug: 3 });
        await place("bob", "more", { mug: 4 });
        expect(await heldOf("mug", "ann")).toMatchObject({ total: 6, byYou: 2, units: 4, pendingUnits: 1 });
        expect(await heldOf("mug", "bob")).toMatchObject({ total: 6, byYou: 4, units: 2, pendingUnits: 0 });
        expect(await heldOf("mug", null)).toMatchObject({ total: 6, byYou: 0, units: 6, pendingUnits: 1 });
      });

      it("returns when the next unit of another session may lapse, ignoring own and claimed units", async () => {
        await grant("ann", { mug: 1 });
        await advance(20_000);
        await grant("bob", { mug: 1 });
        expectWithin((await heldOf("mug", null)).nextReleaseInMs, ttlMs - 20_000);
        expectWithin((await heldOf("mug", "bob")).nextReleaseInMs, ttlMs - 20_000);
        expectWithin((await heldOf("mug", "ann")).nextReleaseInMs, ttlMs);
        await claim("bob", "claim-1");
        expect((await heldOf("mug", "ann")).nextReleaseInMs).toBeNull();
      });
    });

    it("totals live holds by state, exactly", async () => {
      await grant("ann", { mug: 2, hat: 1 });
      await grant("bob", { mug: 3 });
      await claim("bob", "claim-1");
      const before = await store.totals();
      expect(before).toMatchObject({ shopping: 2, checkout: 1, units: 6, sessions: 2 });
      expect(before.bytes).toBeGreaterThan(0);
      await advance(ttlMs + SLACK_MS);
      expect(await store.totals()).toMatchObject({ shopping: 0, checkout: 1, units: 3, sessions: 1 });
    });

    describe("snapshot", () => {
      const pages = async (limit: number, between: () => Promise<unknown> = () => Promise.resolve()) => {
        const rows = [];
        let cursor: string | undefined;
        do {
          const page = await store.snapshot({ limit, cursor });
          expect(page.reservations.length).toBeLessThanOrEqual(limit);
          rows.push(...page.reservations);
          cursor = page.cursor ?? undefined;
          await between();
        } while (cursor !== undefined);
        return rows;
      };

      it("does not list lapsed holds", async () => {
        await grant("ann", { mug: 1 });
        await advance(ttlMs + SLACK_MS);
        expect(await pages(10)).toEqual([]);
      });

      it.each([1, 2, 7, 1_000])("lists every hold once in pages of %i", async (limit) => {
        for (let i = 0; i < 9; i += 1) await grant(`shopper-${i}`, { mug: 1, hat: 2 });
        await grant("payer", { cup: 3 });
        await claim("payer", "claim-1");
        await store.stamp({ claimId: "claim-1", checkoutId: "cs_1" });
        const rows = await pages(limit);
        expect(rows).toHaveLength(19);
        expect(new Set(rows.map((row) => `${row.sessionHash} ${row.productId}`)).size).toBe(19);
        const paid = {
          productId: "cup",
          sessionHash: "payer",
          quantity: 3,
          state: "checkout",
          checkoutId: "cs_1",
          expiresInMs: null,
        };
        expect(rows.find((row) => row.sessionHash === "payer")).toEqual(paid);
        const shopping = rows.find((row) => row.sessionHash === "shopper-3" && row.productId === "hat");
        expect(shopping).toMatchObject({ quantity: 2, state: "shopping", checkoutId: null });
        expectWithin(shopping?.expiresInMs ?? null, ttlMs);
      });

      it("does not miss a hold that exists throughout while others are added and released", async () => {
        for (let i = 0; i < 20; i += 1) await grant(`shopper-${i}`, { mug: 1 });
        let step = 0;
        const rows = await pages(3, async () => {
          await store.release({ sessionHash: `shopper-${2 * step}`, productIds: "all" });
          if (step < 5) await grant(`newcomer-${step}`, { mug: 1 });
          step += 1;
        });
        const seen = new Set(rows.map((row) => row.sessionHash));
        for (let i = 1; i < 20; i += 2) expect(seen).toContain(`shopper-${i}`);
      });
    });

    describe("subscribe", () => {
      it("emits changes and lapsed carts until it is stopped", async () => {
        const events: StoreEvent[] = [];
        const stop = store.subscribe((event) => events.push(event));
        await grant("ann", { mug: 2 });
        await vi.waitFor(() => expect(events).toContainEqual({ type: "changed", productIds: ["mug"] }), PATIENT);
        await advance(ttlMs + SLACK_MS);
        await store.view("ann");
        const lapsed = { type: "expired", sessionHash: "ann", lines: [{ productId: "mug", quantity: 2 }] };
        await vi.waitFor(() => expect(events).toContainEqual(lapsed), PATIENT);
        stop();
        const before = events.length;
        await grant("bob", { mug: 1 });
        await store.totals();
        expect(events).toHaveLength(before);
      });

      it("emits lapsed carts of sessions that never return", async () => {
        const expired: string[] = [];
        store.subscribe((event) => {
          if (event.type === "expired") expired.push(event.sessionHash);
        });
        for (let i = 0; i < 10; i += 1) await grant(`gone-${i}`, { mug: 1 });
        await advance(ttlMs + SLACK_MS);
        for (let i = 0; i < 20; i += 1) await store.totals();
        await vi.waitFor(() => expect(new Set(expired).size).toBe(10), PATIENT);
      });
    });
  });
}

let operations = 0;

function newOperationId(): string {
  operations += 1;
  return `operation-${operations}`;
}

function linesOf(units: Record<string, number>): Line[] {
  return Object.entries(units).map(([productId, quantity]) => ({ productId, quantity }));
}

function unitsOf(lines: readonly Line[]): Record<string, number> {
  return Object.fromEntries(lines.map((line) => [line.productId, line.quantity]));
}

function othersOf(placed: PlaceOutcome, productId: string): OthersUnits {
  if (placed.outcome !== "placed") throw new Error(`not placed: ${placed.outcome}`);
  const others = placed.others.get(productId);
  if (others === undefined) throw new Error("place() must return every product");
  return others;
}

function expectWithin(milliseconds: number | null, most: number): void {
  expect(milliseconds).toBeGreaterThan(most - SLACK_MS);
  expect(milliseconds).toBeLessThanOrEqual(most);
}
