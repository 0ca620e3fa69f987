/** A shop on several servers, with stand-ins for its database and Stripe, as a drill uses it. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { DrillStock } from "~/drill/round";
import { freePorts } from "../programs";
import { startRedis, type RedisServer } from "../redis-server";
import { appServer, startStandIns, untilReady, type AppServer, type StandIns } from "./processes";

export interface SeveralServers {
  readonly servers: readonly AppServer[];
  readonly redis: RedisServer;
  readonly standIns: StandIns;
  readonly stock: DrillStock;
  readonly productIds: readonly string[];
  /** A random origin, mostly of a server that can sell, like a load balancer that lags behind. */
  pick(): string;
  /** Indices of the servers that can sell. */
  ready(): number[];
  /** Kills (`kill -9`) and restarts a server; resolves once it can sell again. `onDead` is called in between. */
  killAndStart(server: number, onDead: () => void): Promise<void>;
  /** Calls a control route of the Stripe stand-in. */
  control(path: string, body: object): Promise<void>;
  stop(): Promise<void>;
}

/** Share of requests that may go to a server that cannot sell. */
const UNNOTICED = 0.1;
const SUPABASE_KEY = "sb_secret_sandbox";
const STRIPE_KEY = "sk_test_sandbox";

export async function openShop(options: {
  servers: number;
  products: number;
  env?: Record<string, string>;
  stripeApi?: (stripeUrl: string, server: number) => string;
  supabaseApi?: (supabaseUrl: string, server: number) => string;
  webhookServers?: readonly number[];
}): Promise<SeveralServers> {
  const ports = await freePorts(options.servers);
  const origins = ports.map((port) => `http://127.0.0.1:${port}`);
  const webhookServers = options.webhookServers ?? origins.map((_, index) => index);
  const redis = await startRedis();
  const standIns = await startStandIns(webhookServers.map((index) => `${origins[index] ?? ""}/api/webhooks/stripe`));
  const servers = ports.map((port, index) =>
    appServer(port, {
      SUPABASE_URL: options.supabaseApi?.(standIns.supabaseUrl, index) ?? standIns.supabaseUrl,
      SUPABASE_SECRET_KEY: SUPABASE_KEY,
      STRIPE_API_BASE: options.stripeApi?.(standIns.stripeUrl, index) ?? standIns.stripeUrl,
      STRIPE_CHECKOUT_ORIGIN: standIns.stripeUrl,
      STRIPE_SECRET_KEY: STRIPE_KEY,
      STRIPE_WEBHOOK_SECRET: "whsec_sandbox",
      SESSION_SECRET: "the same secret on every server of the drill",
      REDIS_URL: redis.url,
      ...options.env,
    }),
  );
  const productIds = Array.from({ length: options.products }, () => randomUUID());
  const rest = restOf(standIns.supabaseUrl);
  await rest(
    "POST",
    "products",
    productIds.map((id, index) => ({
      id,
      name: `Drill ${index}`,
      price: "10.00",
      inventory_count: 0,
      description: "",
      image_url: "",
    })),
  );
  await Promise.all(servers.map((server) => server.start()));
  await Promise.all(servers.map((server) => untilReady(server.origin)));

  const restarting = new Set<number>();
  const ready = () => origins.map((_, index) => index).filter((index) => !restarting.has(index));
  const pick = () => {
    const candidates = Math.random() < UNNOTICED ? [] : ready();
    const index =
      candidates[Math.floor(Math.random() * candidates.length)] ?? Math.floor(Math.random() * origins.length);
    return origins[index] ?? "";
  };
  return {
    servers,
    redis,
    standIns,
    productIds,
    pick,
    ready,
    async killAndStart(index, onDead) {
      const server = servers[index];
      if (server === undefined) throw new Error(`there is no server ${index}`);
      restarting.add(index);
      await server.kill();
      onDead();
      await server.start();
      await untilReady(server.origin);
      restarting.delete(index);
    },
    stock: {
      async setInventory(productId, units) {
        await rest("PATCH", `products?id=eq.${productId}`, { inventory_count: units });
      },
      read: (productId) => readStock(pick, productId),
      isRefunded: refundsOf(standIns.stripeUrl),
    },
    async control(path, body) {
      const response = await fetch(`${standIns.stripeUrl}/_sandbox/${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`the sandbox refused ${path}: ${await response.text()}`);
    },
    async stop() {
      await Promise.all(servers.map((server) => server.kill()));
      await standIns.stop();
      await redis.stop();
    },
  };
}

function restOf(supabaseUrl: string) {
  return async (method: "POST" | "PATCH", path: string, body: object): Promise<void> => {
    const headers = {
      apikey: SUPABASE_KEY,
      Authorization: `Bearer ${SUPABASE_KEY}`,
      "Content-Type": "application/json",
    };
    const response = await fetch(`${supabaseUrl}/rest/v1/${path}`, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`the database refused ${method} ${path}: ${await response.text()}`);
  };
}

const availability = z.object({ products: z.array(z.object({ inventory: z.number(), held: z.number() })) });

/** Null also until claims are rebuilt, since no availability is served before. */
async function readStock(pick: () => string, productId: string): Promise<{ inventory: number; held: number } | null> {
  try {
    const response = await fetch(`${pick()}/api/availability?product_id=${productId}`, {
      signal: AbortSignal.timeout(10_000),
    });
    return response.ok ? (availability.parse(await response.json()).products[0] ?? null) : null;
  } catch (error) {
    if (error instanceof z.ZodError) throw error;
    return null;
  }
}

const session = z.object({ payment_intent: z.string() });
const refunds = z.object({ data: z.array(z.unknown()) });

/** Asks Stripe itself, because the shop's own answer is what is being tested. */
function refundsOf(stripeUrl: string): (checkoutId: string) => Promise<boolean> {
  const intents = new Map<string, string>();
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${stripeUrl}/v1/${path}`, { headers: { Authorization: `Bearer ${STRIPE_KEY}` } });
    return response.json();
  };
  return async (checkoutId) => {
    const intent =
      intents.get(checkoutId) ?? session.parse(await ask(`checkout/sessions/${checkoutId}`)).payment_intent;
    intents.set(checkoutId, intent);
    return refunds.parse(await ask(`refunds?payment_intent=${intent}`)).data.length > 0;
  };
}
