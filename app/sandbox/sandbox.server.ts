import { createStripeSandbox, type StripeSandbox } from "./stripe/stripe-sandbox.server";
import { SANDBOX_DUMP_FILE } from "./supabase/sandbox-dump-file";
import { createSupabaseSandbox } from "./supabase/supabase-sandbox.server";

/** Path prefix of the sandbox's payment page and controls in the store. */
const SANDBOX_PATH = "/sandbox";

/** The stand-ins for Supabase and Stripe, running inside the store. */
export interface Sandbox {
  readonly supabaseFetch: typeof fetch;
  readonly stripe: StripeSandbox;
  /**
   * Serves everything below `SANDBOX_PATH`: the payment page, the controls, and Supabase's REST API (`/rest/v1/…`),
   * through which other tools can edit the products table.
   */
  fetch(request: Request): Promise<Response>;
}

/** @param port The store's port, to which the Stripe stand-in sends webhooks over HTTP. */
export async function createSandbox({ port }: { port: number }): Promise<Sandbox> {
  const supabase = await createSupabaseSandbox({ dumpFile: SANDBOX_DUMP_FILE });
  const stripe = createStripeSandbox({
    webhookUrls: [`http://127.0.0.1:${port}/api/webhooks/stripe`],
    paymentPageBase: (successUrl) => new URL(successUrl).origin + SANDBOX_PATH,
  });
  return {
    supabaseFetch: supabase.fetch,
    stripe,
    async fetch(request) {
      const { pathname, search, origin } = new URL(request.url);
      if (!pathname.startsWith(`${SANDBOX_PATH}/rest/`)) return stripe.fetch(request);
      const body = request.body === null ? null : await request.text();
      return supabase.fetch(`${origin}${pathname.slice(SANDBOX_PATH.length)}${search}`, {
        method: request.method,
        headers: request.headers,
        body,
      });
    },
  };
}
