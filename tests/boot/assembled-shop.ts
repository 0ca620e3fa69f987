import { assembleShop, type Shop } from "~/boot/assemble-shop.server";
import type { Drivers } from "~/boot/choose-drivers.server";
import { createMemoryFormOrders } from "~/cart/form-orders.server";
import type { Catalog } from "~/catalog/catalog";
import type { SupabaseCatalog } from "~/catalog/supabase-catalog-contract.server";
import { createReceivedEvents } from "~/checkout/stripe/received-events";
import { parseEnvironment, type Environment } from "~/env.server";
import { createJournal } from "~/operator/journal";
import { createMemorySellingSwitch } from "~/operator/selling-switch";
import { createProcessRebuildTurns } from "~/reservations/rebuild-turns";
import { createLog } from "~/telemetry/log.server";
import type { Process } from "../checkout/world";

export const ORIGIN = "http://shop.test";

/** What a merchant with Stripe test keys sets. Limits by rate and by address are off unless a test turns them on. */
function testEnvironment(changes: Partial<Environment> = {}): Environment {
  const configured = parseEnvironment({
    PUBLIC_URL: ORIGIN,
    SESSION_SECRET: "s".repeat(32),
    SUPABASE_URL: "http://supabase.test",
    SUPABASE_SECRET_KEY: "sb_secret_test",
    STRIPE_SECRET_KEY: "sk_test_shop",
    STRIPE_WEBHOOK_SECRET: "whsec_sandbox",
    MAX_UNITS_PER_LINE: "99",
    MAX_UNITS_PER_CLIENT: "0",
    RATE_LIMIT_PER_MINUTE: "0",
  });
  return { ...configured, ...changes };
}

/** A server assembled as in production, over the Stripe, database and clock of a `World`. Its log goes to the journal only. */
export function assembleWorldShop(
  { dependencies, store }: Process,
  { drivers, env }: { drivers?: Partial<Drivers>; env?: Partial<Environment> } = {},
): { readonly shop: Shop; readonly drivers: Drivers } {
  const { clock, gateway, leases, newClaimId, reservations } = dependencies;
  const journal = createJournal();
  const all: Drivers = {
    clock,
    journal,
    receivedEvents: createReceivedEvents(() => clock.wall()),
    log: createLog("silent", journal),
    gateway,
    catalog: drivers?.catalog ?? wholeCatalog(dependencies.catalog),
    holds: {
      store,
      leases,
      rebuildLeases: leases,
      rebuildTurns: createProcessRebuildTurns(),
      state: "memory",
      warnings: async () => [],
    },
    sellingSwitch: createMemorySellingSwitch(() => clock.wall()),
    limitStore: null,
    formOrders: createMemoryFormOrders({ now: () => clock.now() }),
    secretAgreement: null,
    dependencies: { watch: (_name, fetch) => fetch, read: () => ({ database: "ok", stripe: "ok" }) },
    clockSkew: { warnings: () => [] },
    sandbox: null,
    newOperationId: reservations.newOperationId,
    newClaimId,
    backOff: reservations.backOff,
    ...drivers,
  };
  return { shop: assembleShop(all, testEnvironment(env)), drivers: all };
}

/** The world's catalog as a driver: what only the boot check and Stripe Prices need does nothing. */
function wholeCatalog(catalog: Catalog): SupabaseCatalog {
  const offers = Object.assign(catalog, {
    sorts: async () => [],
    following: async () => [],
    displayReader: () => (productIds: readonly string[]) => catalog.readStock(productIds),
  });
  return Object.assign(catalog, {
    offers,
    examineMapping: () => Promise.reject(new Error("the catalog in memory has no columns")),
    probe: async () => ({ ok: true, problems: [], warnings: [] }),
    closedBy: null,
    oddities: [],
    unavailable: 0,
    checkPrices: async () => ({ rows: 0, problems: [], differing: [] }),
  });
}
