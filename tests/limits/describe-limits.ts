import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import type { HoldingOperations } from "~/checkout/checkout";
import { createLimits, type LimitOptions, type RateLimited } from "~/limits/limits.server";
import { systemClock } from "~/reservations/clock";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { reserve } from "~/reservations/reserve";
import { StockHints } from "~/reservations/stock-hints";

const PATIENT = { timeout: 10_000 };

/** Tests limits in one storage. `open` creates it for each test; two servers share it. */
export function describeLimits(name: string, open: () => Promise<LimitOptions["redis"]>): void {
  describe(`limits in ${name}`, () => {
    async function shop(given: Partial<LimitOptions> = {}) {
      const redis = await open();
      const store = createMemoryReservationStore({ clock: systemClock, ttlMs: 120_000, maxAgeMs: 1_200_000 });
      const rows = new Map(["bowl", "jug"].map((id) => [id, { name: id, inventory: 1_000, active: true }]));
      const engine = {
        store,
        readStock: async () => rows,
        limits: { maxUnitsPerLine: 100, maxLinesPerCart: 30 },
        hints: new StockHints(),
        newOperationId: randomUUID,
        backOff: async () => undefined,
      };
      const bare: HoldingOperations = {
        changeCart: (request) => reserve(engine, request),
        async start({ sessionHash, lines, clients }) {
          const reserved = await reserve(engine, { sessionHash, lines, clients });
          return reserved.outcome === "granted" ? { outcome: "empty_cart" } : reserved;
        },
      };
      const server = () => {
        const limits = createLimits({
          perMinute: 5,
          unitsPerClient: 10,
          trustedProxyHops: 1,
          secret: "a".repeat(32),
          pagesPerSecond: null,
          redis,
          now: () => performance.now(),
          log: { warn: () => undefined },
          ...given,
        });
        const { changeCart, start } = limits.capped(bare);
        return {
          limits,
          start,
          change: async (sessionHash: string, address: string, quantity: number, forged = "198.51.100.1") => {
            const admission = await limits.admit(
              new Request("http://shop.test/", { headers: { "X-Forwarded-For": `${forged}, ${address}` } }),
              sessionHash,
              "change",
            );
            if (admission.outcome === "rate_limited") return admission;
            const answer = await changeCart({ sessionHash, lines: [{ productId: "bowl", quantity }] });
            return answer.outcome === "limit_exceeded" ? answer.limit : answer.outcome;
          },
        };
      };
      return { server, ...server() };
    }
    const someAddress = () => `203.0.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`;

    it("refuses a session's sixth change in a minute on any server, with the time to retry", async () => {
      const { change, server } = await shop({ unitsPerClient: 0 });
      const another = (await open()) === null ? change : server().change;
      // Until both servers are connected, each counts for itself.
      await vi.waitFor(async () => {
        const session = randomUUID();
        for (let i = 0; i < 5; i += 1) await change(session, someAddress(), 1);
        const refused = await another(session, someAddress(), 1);
        expect(refused).toMatchObject({ outcome: "rate_limited" });
        const { retryAfterSeconds } = refused as RateLimited;
        expect(retryAfterSeconds).toBeGreaterThan(0);
        expect(retryAfterSeconds).toBeLessThanOrEqual(60);
      }, PATIENT);
    });

    it("counts an address across all its cookies, whatever forged entries precede it", async () => {
      const { change } = await shop({ unitsPerClient: 0 });
      const address = someAddress();
      for (let i = 0; i < 5; i += 1) await change(randomUUID(), address, 1, `192.0.2.${i}`);
      await expect(change(randomUUID(), address, 1, "192.0.2.99")).resolves.toMatchObject({ outcome: "rate_limited" });
      await expect(change(randomUUID(), someAddress(), 1)).resolves.toBe("granted");
    });

    it("allows ten sign-in attempts a minute per address, independently of shoppers' limits", async () => {
      const { limits } = await shop({ perMinute: 0 });
      const from = (address: string) =>
        limits.admitSignIn(new Request("http://shop.test/admin", { headers: { "X-Forwarded-For": address } }));
      const guesser = someAddress();
      await vi.waitFor(async () => {
        const tries = await Promise.all(Array.from({ length: 11 }, () => from(guesser)));
        expect(tries.at(-1)).toMatchObject({ outcome: "rate_limited" });
      }, PATIENT);
      await expect(from(someAddress())).resolves.toEqual({ outcome: "admitted" });
    });

    it("counts sign-in attempts from unknown addresses together", async () => {
      const { limits } = await shop({ trustedProxyHops: 0 });
      const tryOnce = () => limits.admitSignIn(new Request("http://shop.test/admin"));
      for (const admission of await Promise.all(Array.from({ length: 20 }, tryOnce)))
        expect(admission).toEqual({ outcome: "admitted" });
      await vi.waitFor(async () => {
        const tries = await Promise.all(Array.from({ length: 61 }, tryOnce));
        expect(tries.at(-1)).toMatchObject({ outcome: "rate_limited" });
      }, PATIENT);
    });

    it("lets one address hold ten unpaid units in any number of carts, while another can still buy", async () => {
      const { change } = await shop({ perMinute: 0 });
      const hoarder = someAddress();
      const granted = [];
      for (let i = 0; i < 20; i += 1) granted.push(await change(randomUUID(), hoarder, 1));
      expect(granted.filter((outcome) => outcome === "granted")).toHaveLength(10);
      expect(granted.at(-1)).toBe("units_per_client");
      await expect(change(randomUUID(), someAddress(), 3)).resolves.toBe("granted");
    });

    it("keeps that cap for twenty simultaneous requests", async () => {
      const { change } = await shop({ perMinute: 0 });
      const hoarder = someAddress();
      const answers = await Promise.all(Array.from({ length: 20 }, () => change(randomUUID(), hoarder, 1)));
      expect(answers.filter((outcome) => outcome === "granted")).toHaveLength(10);
    });

    it("counts a cart for the address where it started, until it holds nothing", async () => {
      const { change } = await shop({ perMinute: 0 });
      const [home, away] = ["203.0.113.1", "203.0.113.2"];
      const session = randomUUID();
      await change(session, home, 10);
      await change(session, away, 9);
      await expect(change(randomUUID(), home, 2)).resolves.toBe("units_per_client");
      await expect(change(randomUUID(), away, 10)).resolves.toBe("granted");
      await change(session, away, 0);
      await expect(change(randomUUID(), home, 10)).resolves.toBe("granted");
    });

    it("never refuses to hold less, and counts units that a cart already holds only once", async () => {
      const { change } = await shop({ perMinute: 0 });
      const address = someAddress();
      const session = randomUUID();
      await change(session, address, 10);
      await expect(change(session, address, 10)).resolves.toBe("granted");
      await expect(change(session, address, 11)).resolves.toBe("units_per_client");
      await expect(change(session, address, 4)).resolves.toBe("granted");
      await expect(change(randomUUID(), address, 6)).resolves.toBe("granted");
    });

    it("caps what checkout would hold again", async () => {
      const { change, limits, start } = await shop({ perMinute: 0 });
      const address = someAddress();
      await change(randomUUID(), address, 10);
      const session = randomUUID();
      await limits.admit(
        new Request("http://shop.test/", { headers: { "X-Forwarded-For": address } }),
        session,
        "payment",
      );
      await expect(
        start({ sessionHash: session, lines: [{ productId: "jug", quantity: 1 }], origin: "http://shop.test" }),
      ).resolves.toMatchObject({ outcome: "limit_exceeded", limit: "units_per_client", max: 10 });
    });

    describe("on payment pages", () => {
      const opening = (limits: ReturnType<typeof createLimits>) => (sessionHash: string, address: string) =>
        limits.admit(
          new Request("http://shop.test/checkout", { headers: { "X-Forwarded-For": address } }),
          sessionHash,
          "payment",
        );

      it("are stricter than on changes, per session and per address", async () => {
        const { limits, change } = await shop({ perMinute: 24, unitsPerClient: 0 });
        const open = opening(limits);
        const session = randomUUID();
        for (let i = 0; i < 2; i += 1)
          expect(await open(session, someAddress())).toMatchObject({ outcome: "admitted" });
        await expect(open(session, someAddress())).resolves.toMatchObject({ outcome: "rate_limited" });
        await expect(change(session, someAddress(), 1)).resolves.toBe("granted");
        const address = someAddress();
        for (let i = 0; i < 12; i += 1) {
          const session = randomUUID();
          for (let page = 0; page < 2; page += 1)
            expect(await open(session, address)).toMatchObject({ outcome: "admitted" });
        }
        const another = randomUUID();
        await expect(open(another, address)).resolves.toMatchObject({ outcome: "admitted" });
        await expect(open(another, address)).resolves.toMatchObject({ outcome: "rate_limited" });
      });

      it("never refuse a session's first page because of neighbours", async () => {
        const { limits, change } = await shop({ perMinute: 24, unitsPerClient: 0 });
        const open = opening(limits);
        const address = someAddress();
        for (let i = 0; i < 24; i += 1) await change(randomUUID(), address, 1);
        await expect(change(randomUUID(), address, 1)).resolves.toMatchObject({ outcome: "rate_limited" });
        for (let i = 0; i < 100; i += 1)
          expect(await open(randomUUID(), address)).toMatchObject({ outcome: "admitted" });
      });

      const takeTurns = ({ limits }: { limits: ReturnType<typeof createLimits> }) =>
        Promise.all(Array.from({ length: 100 }, () => limits.paymentTurn()));

      it("admit all shoppers in order below Stripe's own limit, and give the rest a time to retry", async () => {
        const answers = await takeTurns(await shop({ perMinute: 0, unitsPerClient: 0, pagesPerSecond: 2 }));
        const passed = answers.filter(({ outcome }) => outcome === "your_turn").length;
        expect(passed).toBeGreaterThan(2);
        expect(passed).toBeLessThan(25);
        expect(answers).toContainEqual({ outcome: "checkout_busy", retryAfterSeconds: 2 });
      });

      it("admit everyone at once without a limit per second", async () => {
        const answers = await takeTurns(await shop({ perMinute: 0, unitsPerClient: 0 }));
        expect(answers.every(({ outcome }) => outcome === "your_turn")).toBe(true);
      });

      it("are off if the limit on changes is off", async () => {
        const { limits } = await shop({ perMinute: 0 });
        const open = opening(limits);
        const answers = await Promise.all(Array.from({ length: 100 }, () => open("me", "203.0.113.7")));
        expect(answers.every(({ outcome }) => outcome === "admitted")).toBe(true);
      });
    });

    it("is off if set to 0, and counts no address if no proxy is trusted", async () => {
      const off = await shop({ perMinute: 0, unitsPerClient: 0 });
      const blind = await shop({ perMinute: 0, trustedProxyHops: 0 });
      const address = someAddress();
      for (const { change } of [off, blind]) {
        for (let i = 0; i < 12; i += 1) await expect(change(randomUUID(), address, 1)).resolves.toBe("granted");
      }
    });
  });
}
