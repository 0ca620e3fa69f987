import { createStripeSandbox, type StripeSandbox } from "./stripe/stripe-sandbox.server";
import { SANDBOX_DUMP_FILE } from "./supabase/sandbox-dump-file";
import { createSupabaseSandbox } from "./supabase/supabase-sandbox.server";

/** Where the payment page and the controls of the sandbox are mounted in the store. */
const SANDBOX_PATH = "/sandbox";

/** The stand-ins inside the store itself. */
export interface Sandbox {
  readonly supabaseFetch: typeof fetch;
  readonly stripe: StripeSandbox;
  /** What stands under `SANDBOX_PATH`: the payment page and controls, and `/rest/v1/…`, the table as the merchant's other tools see it. */
  fetch(request: Request): Promise<Response>;
}

/** @param port of the store, which is where the stand-in sends its webhooks, over HTTP like Stripe. */
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
