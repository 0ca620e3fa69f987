import { describe, expect, it } from "vitest";
import type { Lease } from "~/checkout/leases/lease-store";
import { isLogKey } from "~/checkout/stripe/mark-log";
import { decodeRecord, encodeWrite, mergeMetadata } from "~/checkout/stripe/session-metadata";
import { storeWith } from "../checkout/store-with";
import { SHOP_TAG, START, type Fault } from "../checkout/world";
import { randomRun, type Parts } from "./random-run";
import { trusting, trustingMarks } from "./trusting-gateway";

/**
 * Removes each guard by injecting a replacement, never by a switch in the product. The random runs must then find a
 * violation; otherwise they would not prove the guard.
 */
const GUARDS: Record<
  string,
  {
    edited: boolean;
    adjusted?: boolean;
    kinds?: readonly Fault[];
    versions?: boolean;
    /** Where the search begins: rare violations would otherwise cost a minute of runs that find nothing. */
    firstSeed?: number;
    without: Parts;
  }
> = {
  "hold first, read second": {
    edited: false,
    // Seed 9 finds a violation.
    firstSeed: 8,
    without: ({ reservations }, { world }) => {
      let early = new Map<string, number | null>();
      let reads = 0;
      return {
        reservations: {
          ...reservations,
          store: storeWith(reservations.store, {
            // The stock was read some calls ago, the other sessions' holds only now.
            place: (request) => {
              if (reads % 4 === 0) early = new Map([...world.rows].map(([id, row]) => [id, row.inventory]));
              reads += 1;
              return reservations.store.place(request);
            },
          }),
          readStock: async (ids) =>
            new Map(ids.map((id) => [id, { name: id, inventory: early.get(id) ?? null, active: true }])),
        },
      };
    },
  },
  "confirm fails when the pending is gone": {
    edited: false,
    kinds: ["slow"],
    // Seed 151 finds a violation.
    firstSeed: 145,
    without: ({ reservations }, { pause }) => {
      const { store } = reservations;
      const asked = new Map<string, Parameters<typeof store.place>[0]>();
      return {
        reservations: {
          ...reservations,
          store: storeWith(store, {
            place: async (request) => {
              asked.set(request.operationId, request);
              return store.place(request);
            },
            confirm: async (operation) => {
              for (let beat = 0; beat < 12; beat += 1) await pause();
              const confirmed = await store.confirm(operation);
              const request = asked.get(operation.operationId);
              if (confirmed.outcome === "confirmed" || request === undefined) return confirmed;
              await store.place(request);
              return store.confirm(operation);
            },
          }),
        },
      };
    },
  },
  "compare-and-swap": {
    edited: true,
    without: ({ catalog }, { world }) => ({
      catalog: {
        ...catalog,
        compareAndSwap: async ({ productId, to }) => {
          const before = world.stock(productId);
          if (before === null) return { outcome: "changed" as const };
          world.setStock(productId, to);
          world.table.onSwap(productId, before, to);
          return { outcome: "swapped" as const };
        },
      },
    }),
  },
  lease: {
    edited: false,
    without: () => ({
      leases: {
        acquire: async (): Promise<Lease> => ({ unsettled: null, isHeld: () => true, release: async () => undefined }),
      },
    }),
  },
  "the unsettled checkout's name on a lease": {
    edited: false,
    kinds: ["refuse", "cut"],
    // Seed 19 finds a violation.
    firstSeed: 17,
    without: ({ leases }) => ({
      leases: {
        acquire: async (request) => {
          const lease = await leases.acquire(request);
          return { unsettled: null, isHeld: () => true, release: () => lease.release({ settled: true }) };
        },
      },
    }),
  },
  "intent mark": {
    edited: false,
    without: ({ marks }) => {
      if (marks === undefined) throw new Error("this guard needs observed marks");
      return {
        marks: {
          read: (session) => marks.read(session),
          // The usual order: first the swap, then its record.
          write: async (checkoutId, record, change) => {
            const isIntent = [...(change.states?.values() ?? [])].some((state) => state.mark === "intent");
            if (!isIntent) return marks.write(checkoutId, record, change);
            return {
              ...record,
              lines: record.lines.map((line) => ({ ...line, state: change.states?.get(line.productId) ?? line.state })),
            };
          },
        },
      };
    },
  },
  "done mark": {
    edited: false,
    without: ({ marks }) => {
      if (marks === undefined) throw new Error("this guard needs observed marks");
      return {
        marks: {
          read: (session) => marks.read(session),
          write: async (checkoutId, record, change) => {
            const isDone = [...(change.states?.values() ?? [])].some((state) => state.mark === "done");
            if (!isDone) return marks.write(checkoutId, record, change);
            return {
              ...record,
              lines: record.lines.map((line) => ({ ...line, state: change.states?.get(line.productId) ?? line.state })),
            };
          },
        },
      };
    },
  },
  "proof before release": {
    edited: false,
    without: ({ gateway }) => ({
      gateway: {
        ...gateway,
        expire: async (checkoutId) => {
          await gateway.expire(checkoutId).catch(() => undefined);
          return "expired";
        },
      },
    }),
  },
  "proof before release, if a page expires late": {
    edited: false,
    kinds: ["late"],
    without: ({ gateway }) => ({
      gateway: { ...gateway, expire: async (checkoutId) => gateway.expire(checkoutId).catch(() => "expired" as const) },
    }),
  },
  "open pages without a hold are found at Stripe": {
    edited: false,
    kinds: ["late", "kill after"],
    without: ({ gateway }) => ({
      gateway: {
        ...gateway,
        visit: async (query, visit) => (query.status === "open" ? undefined : gateway.visit(query, visit)),
      },
    }),
  },
  "a response counts only if it says what it must": {
    edited: false,
    kinds: ["lie", "lie after"],
    without: ({ gateway, marks }) => {
      if (marks === undefined) throw new Error("this guard needs observed marks");
      return { gateway: trusting(gateway), marks: trustingMarks(marks) };
    },
  },
  "lines compared before the decrement": {
    edited: false,
    adjusted: true,
    kinds: [],
    without: ({ gateway }, { world }) => ({
      gateway: {
        ...gateway,
        // The lines that the page was opened with.
        lines: async (checkoutId) => {
          const record = decodeRecord(SHOP_TAG, world.stripe.session(checkoutId)?.metadata ?? {});
          const currency = record?.currency ?? "";
          return (record?.lines ?? []).map(({ productId, name, quantity, unitAmount: amount }) => ({
            productId,
            name,
            quantity,
            unitPrice: { amount, currency },
          }));
        },
      },
    }),
  },
  "the resend rule": {
    edited: false,
    kinds: ["late"],
    versions: false,
    // Seed 182 finds a violation.
    firstSeed: 175,
    without: () => ({ resend: { isDue: () => true } }),
  },
  "the append-only log of marks": {
    edited: false,
    kinds: ["late"],
    // Seed 11 finds a violation.
    firstSeed: 9,
    without: ({ gateway }) => ({
      marks: {
        read: ({ metadata }) => decodeRecord(SHOP_TAG, withoutLog(metadata)),
        write: async (checkoutId, record, change) => {
          const update = withoutLog(encodeWrite(record, change, { id: "unlogged", at: START }));
          await gateway.writeMetadata(checkoutId, update);
          return decodeRecord(SHOP_TAG, mergeMetadata(record.source, update)) ?? record;
        },
      },
    }),
  },
};

function withoutLog(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !isLogKey(key)));
}

const MAX_RUNS = 250;

describe("without a guard, the random runs find the violation that it prevents", () => {
  it.each(Object.entries(GUARDS))(
    "%s",
    // A run takes up to six seconds of a busy machine.
    { timeout: 300_000 },
    async (_name, { edited, adjusted, kinds, versions, firstSeed = 1, without }) => {
      for (let seed = firstSeed; seed < firstSeed + MAX_RUNS; seed += 1) {
        const report = await randomRun({ seed, edited, adjusted, kinds, versions, without });
        if (report.violations.length > 0) {
          console.info(`seed ${seed}: ${report.violations[0]}`);
          return;
        }
      }
      expect.fail(`${MAX_RUNS} runs found nothing`);
    },
  );
});
