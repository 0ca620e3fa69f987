import { afterAll, beforeAll, expect, it } from "vitest";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import type { Claim, PlaceOutcome, ReservationStore } from "~/reservations/reservation-store";
import { randomFrom } from "../random";
import { startRedis, type RedisServer } from "../redis-server";
import { storeTiming } from "./describe-reservation-store";
import { ManualClock } from "./manual-clock";
import { connect } from "./redis-fixture";

const HISTORIES = 40;
const STEPS = 60;
/** Time moves in steps that are long compared with the progress of Redis' own clock during a test. */
const STEP_MS = 5_000;
const SESSIONS = ["ann", "bob", "cy"];
const PRODUCTS = ["mug", "hat", "cup", "mug\u0000", "m"];

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  await server.stop();
});

interface Step {
  readonly name: string;
  readonly act: (store: ReservationStore, wall: () => number) => Promise<unknown>;
}

function nextStep(random: () => number, step: number): Step {
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[Math.floor(random() * from.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  };
  const sessionHash = pick(SESSIONS);
  const claimId = `claim-${Math.floor(random() * 4)}`;
  const checkoutId = pick([null, "cs_1", "cs_2"]);
  const operationId = `op-${step - Math.floor(random() * 3)}`;
  const lines = PRODUCTS.filter(() => random() < 0.4).map((productId) => ({
    productId,
    quantity: Math.floor(random() * 4),
  }));
  const withHints = lines.map((line) => ({ ...line, hint: random() < 0.5 ? null : Math.floor(random() * 8) }));
  const age = Math.floor(random() * 40) * STEP_MS;
  const to = pick(["shopper", "stock"] as const);
  const productIds = random() < 0.4 ? ("all" as const) : PRODUCTS.filter(() => random() < 0.4);
  const clients =
    random() < 0.5
      ? undefined
      : [
          { clientId: pick(["campus", "home"]), maxUnits: 6 },
          ...(random() < 0.5 ? [] : [{ clientId: "city", maxUnits: 9 }]),
        ];
  const steps: Step[] = [
    {
      name: "place",
      act: (store) =>
        store.place({ sessionHash, operationId, lines: withHints, maxLines: 3, clients }).then(resultOfPlace),
    },
    {
      name: "place and confirm",
      act: async (store) => [
        resultOfPlace(await store.place({ sessionHash, operationId, lines, maxLines: 9, clients })),
        await store.confirm({ sessionHash, operationId }),
      ],
    },
    { name: "confirm", act: (store) => store.confirm({ sessionHash, operationId }) },
    { name: "abort", act: (store) => store.abort({ sessionHash, operationId }) },
    { name: "renew", act: (store) => store.renew(sessionHash) },
    { name: "release", act: (store) => store.release({ sessionHash, productIds }) },
    { name: "claim", act: (store) => store.claim({ sessionHash, claimId }).catch(() => "another session's") },
    { name: "stamp", act: (store) => store.stamp({ claimId, checkoutId: checkoutId ?? "cs_3" }) },
    { name: "complete", act: (store) => store.complete({ claimId, checkoutId }) },
    { name: "unclaim", act: (store) => store.unclaim({ claimId, checkoutId, to }) },
    { name: "lower", act: (store) => store.lower({ claimId, checkoutId, lines }) },
    {
      name: "restore",
      act: (store, wall) =>
        store.restore({
          claimId,
          checkoutId,
          sessionHash,
          lines: lines.filter((line) => line.quantity > 0),
          claimedAt: wall() - age,
        } satisfies Claim),
    },
    {
      name: "claims",
      act: async (store) =>
        (await store.claims({ olderThanMs: age + STEP_MS / 2 })).map((claim) => claim.claimId).sort(),
    },
    { name: "findClaim", act: (store) => store.findClaim(claimId) },
  ];
  return pick(steps);
}

/** The result of `place` without what the contract does not promise: only the units of others matter. */
function resultOfPlace(placed: PlaceOutcome): unknown {
  if (placed.outcome !== "placed" && placed.outcome !== "cannot_fit") return placed;
  return {
    ...placed,
    others: Array.from(placed.others, ([id, { units, pendingUnits, nextReleaseInMs }]) => ({
      id,
      units,
      pendingUnits,
      nextReleaseInMs,
    })),
  };
}

/** Everything observable about the store. */
async function observe(store: ReservationStore): Promise<unknown> {
  const held = await Promise.all(
    [null, ...SESSIONS].map((sessionHash) => store.held({ sessionHash, productIds: PRODUCTS })),
  );
  const views = await Promise.all(SESSIONS.map((sessionHash) => store.view(sessionHash)));
  const { bytes: _, ...totals } = await store.totals();
  const { reservations } = await store.snapshot({ limit: 1_000 });
  const rows = reservations
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    .map(({ sessionHash, productId, quantity, state }) => [sessionHash, productId, quantity, state]);
  return { held, views, totals, rows: rows.map((row) => row.join("/")).sort() };
}

/** Durations in time steps, without dates, because the clocks drift apart. Without epochs, which the memory store lacks. */
function comparable(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(comparable);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "epoch")
      .map(([name, each]) => {
        if (name === "claimedAt" || name === "ageMs") return [name, null];
        return [name, name.endsWith("Ms") && typeof each === "number" ? Math.ceil(each / STEP_MS) : comparable(each)];
      }),
  );
}

it(
  `the Redis store returns the same as the memory store in ${HISTORIES} random histories of ${STEPS} steps`,
  { timeout: 120_000 },
  async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      await server.command("FLUSHALL");
      const clock = new ManualClock();
      const memory = createMemoryReservationStore({ clock, ...storeTiming });
      const offset = { ms: 0 };
      const app = connect(server.url, { offset });
      await app.rebuild();
      const random = randomFrom(seed);
      const history: string[] = [];
      for (let step = 1; step <= STEPS; step += 1) {
        if (random() < 0.25) {
          const later = Math.ceil(random() * random() * 30) * STEP_MS;
          clock.advance(later);
          offset.ms += later;
          history.push(`${later / 1_000} s`);
        }
        const { name, act } = nextStep(random, step);
        history.push(name);
        const expected = await act(memory, () => clock.wall());
        const result = await act(app.store, () => Date.now() + offset.ms);
        seen.add(
          `${name} ${typeof expected === "object" && expected !== null && "outcome" in expected ? String(expected.outcome) : ""}`,
        );
        expect(comparable(result), `seed ${seed}: ${history.join(", ")}`).toEqual(comparable(expected));
        expect(comparable(await observe(app.store)), `seed ${seed}: ${history.join(", ")}`).toEqual(
          comparable(await observe(memory)),
        );
      }
      app.redis.close();
    }
    // The histories covered what matters.
    for (const outcome of [
      "place placed",
      "place busy",
      "place checkout_open",
      "place too_many_lines",
      "place cannot_fit",
      "place client_full",
      "confirm confirmed",
      "confirm gone",
      "claim claimed",
      "complete ended",
      "unclaim ended",
      "renew renewed",
      "release released",
    ]) {
      expect(seen).toContain(outcome);
    }
  },
);
