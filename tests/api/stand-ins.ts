import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@supabase/supabase-js";
import { WebSocket } from "ws";
import { listen } from "~/sandbox/listen.server";
import { createStripeSandbox, type StripeSandbox } from "~/sandbox/stripe/stripe-sandbox.server";
import { SANDBOX_DUMP_FILE } from "~/sandbox/supabase/sandbox-dump-file";
import {
  createSupabaseSandbox,
  SANDBOX_SUPABASE_KEY,
  type SupabaseSandbox,
} from "~/sandbox/supabase/supabase-sandbox.server";

/** Hooks before and after a request is served, to delay it, make it fail, or wait for something. */
interface Hooks {
  before?: ((request: Request) => Promise<void>) | undefined;
  after?: ((request: Request) => Promise<void>) | undefined;
  /** Time of the `Date` header, in epoch milliseconds. Default: the real time. */
  now?: (() => number) | undefined;
}

/** Stand-ins for Supabase and Stripe over HTTP, each with its own hooks. */
export interface StandIns {
  readonly database: Hooks;
  readonly payments: Hooks;
  readonly stripe: StripeSandbox;
  readonly supabase: ReturnType<typeof createClient>;
  readonly exec: SupabaseSandbox["exec"];
  /** The environment of a store that uses them. */
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

export async function startStandIns(storePort: number): Promise<StandIns> {
  const database: Hooks = {};
  const payments: Hooks = {};
  const supabase = await createSupabaseSandbox({ dumpFile: SANDBOX_DUMP_FILE });
  const databaseServer = await listen(withHooks(database, supabase.fetch), 0);
  const stripe = createStripeSandbox({
    webhookUrls: [`http://127.0.0.1:${storePort}/api/webhooks/stripe`],
    paymentPageBase: () => `http://127.0.0.1:${paymentServer.port}`,
  });
  const paymentServer = await listen(
    withHooks(payments, (request) => stripe.fetch(request)),
    0,
  );
  const url = `http://127.0.0.1:${databaseServer.port}`;
  return {
    database,
    payments,
    stripe,
    exec: (sql, values) => supabase.exec(sql, values),
    supabase: createClient(url, SANDBOX_SUPABASE_KEY, {
      auth: { persistSession: false },
      // supabase-js requires a WebSocket, which Node 20 does not have.
      // @ts-expect-error The types of ws and supabase-js disagree about `this` and `null`.
      realtime: { transport: WebSocket },
    }),
    env: {
      PUBLIC_URL: `http://127.0.0.1:${storePort}`,
      SESSION_SECRET: "s".repeat(32),
      SUPABASE_URL: url,
      SUPABASE_SECRET_KEY: SANDBOX_SUPABASE_KEY,
      STRIPE_API_BASE: `http://127.0.0.1:${paymentServer.port}`,
      STRIPE_SECRET_KEY: "sk_test_sandbox",
      STRIPE_WEBHOOK_SECRET: "whsec_sandbox",
    },
    async close() {
      await Promise.all([databaseServer.close(), paymentServer.close()]);
      await supabase.close();
    },
  };
}

function withHooks(
  hooks: Hooks,
  serve: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    await hooks.before?.(request);
    const response = await serve(request);
    await hooks.after?.(request);
    if (hooks.now !== undefined) response.headers.set("Date", new Date(hooks.now()).toUTCString());
    return response;
  };
}

/** Delays a request by ten seconds. */
export async function slow(): Promise<void> {
  await sleep(10_000, undefined, { ref: false });
}

/** Cuts the connection. */
export async function down(): Promise<void> {
  throw new Error("cut");
}

/** A point at which requests wait until the test opens it. */
export interface Turnstile {
  readonly pass: () => Promise<void>;
  readonly reached: Promise<void>;
  readonly open: () => void;
}

export function turnstile(): Turnstile {
  const arrival = signal();
  const opening = signal();
  return {
    reached: arrival.promise,
    open: () => opening.resolve(),
    pass: () => {
      arrival.resolve();
      return opening.promise;
    },
  };
}

// Promise.withResolvers needs Node 22.
function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
