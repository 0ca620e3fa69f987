import { createServer } from "node:http";
import { z } from "zod";
import { createReceivedEvents } from "~/checkout/stripe/received-events";
import { verifyWebhook } from "~/checkout/stripe/verify-webhook.server";
import { messageOf } from "./finding";

/** Where the shop's webhooks arrive, and what has arrived there. */
export interface WebhookReceiver {
  /** For messages: "the shop at http://…". */
  readonly place: string;
  look(checkoutId: string): Promise<Arrivals>;
  close(): void;
}

interface Arrivals {
  /** Types of the verified events about the checkout. */
  readonly types: readonly string[];
  /** Changes with every webhook that is not signed with the secret. */
  readonly lastRejected: string | null;
  /** Variables with which the shop there runs, and whose values differ from doctor's. */
  readonly otherSettings: readonly string[];
}

/** `undisclosed`: a shop is running there but does not show what it received; `reason` says why and what to do. */
type Receiving =
  | { readonly outcome: "receiver"; readonly receiver: WebhookReceiver }
  | { readonly outcome: "undisclosed" | "unavailable"; readonly reason: string };

export interface ReceiverOptions {
  readonly publicUrl: string;
  readonly port: number;
  readonly adminToken: string | null;
  readonly webhookSecrets: readonly string[];
  /** Hashes of doctor's own settings, by variable. */
  readonly settings: Readonly<Record<string, string>>;
}

export const WEBHOOK_PATH = "/api/webhooks/stripe";
const ANSWER_MS = 5_000;
const MAX_BODY_BYTES = 1_000_000;

/** The running shop, at PUBLIC_URL or at PORT on this computer; if none is running, doctor itself listens on PORT. */
export async function openReceiver(options: ReceiverOptions, checkoutId: string): Promise<Receiving> {
  for (const url of new Set([options.publicUrl, `http://127.0.0.1:${options.port}`])) {
    // Without the token at first: another program at that address must not receive it.
    let status = await ask(url, checkoutId, { ...options, adminToken: null });
    if (status === null) continue;
    if (status.code === 401 && options.adminToken === null)
      return {
        outcome: "undisclosed",
        reason: `The shop at ${url} reports received webhooks to operators only. Set ADMIN_TOKEN (at least 16 characters), restart the shop and run doctor again.`,
      };
    if (status.code === 401) status = await ask(url, checkoutId, options);
    if (status?.arrivals !== null && status !== null) return { outcome: "receiver", receiver: askShop(url, options) };
    return {
      outcome: "unavailable",
      reason: `The shop at ${url} ${WHY_NOT[status?.code ?? 0] ?? `is not ready (${status?.code ?? "no response"}): try again once /readyz responds with 200`}.`,
    };
  }
  try {
    return { outcome: "receiver", receiver: await listen(options, checkoutId) };
  } catch (error) {
    const reason = `No shop is running at ${options.publicUrl} or on port ${options.port}, and that port cannot be used: ${messageOf(error)}`;
    return { outcome: "unavailable", reason };
  }
}

const problem = z.object({ success: z.literal(false), error: z.object({ code: z.string() }) });
const inspection = z.object({
  webhooks: z.object({ received: z.array(z.object({ type: z.string() })), last_rejected_at: z.string().nullable() }),
  // Absent in the previous release.
  settings: z.array(z.object({ variable: z.string(), hash: z.string() })).default([]),
});

const WHY_NOT: Readonly<Record<number, string>> = {
  401: "runs with a different ADMIN_TOKEN: restart it with the settings that doctor uses",
  404: "runs with a different STRIPE_SECRET_KEY or in the sandbox: restart it with the settings that doctor uses",
};

/** Null if no shop responds at this address. */
async function ask(
  url: string,
  checkoutId: string,
  { adminToken: token, settings }: Pick<ReceiverOptions, "adminToken" | "settings">,
): Promise<{ code: number; arrivals: Arrivals | null } | null> {
  try {
    const response = await fetch(`${url}/api/debug-checkout?checkout_id=${checkoutId}`, {
      headers: token === null ? {} : { Authorization: `Bearer ${token}` },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const body: unknown = await response.json();
    const inspected = inspection.safeParse(body).data;
    if (inspected === undefined && !problem.safeParse(body).success) return null;
    const arrivals =
      inspected === undefined
        ? null
        : {
            types: inspected.webhooks.received.map(({ type }) => type),
            lastRejected: inspected.webhooks.last_rejected_at,
            otherSettings: inspected.settings.flatMap(({ variable, hash }) =>
              settings[variable] === hash ? [] : [variable],
            ),
          };
    return { code: response.status, arrivals };
  } catch {
    return null;
  }
}

/** Behind a load balancer any server may answer, so that asking repeatedly finds the one that received the event. */
function askShop(url: string, options: ReceiverOptions): WebhookReceiver {
  return {
    place: `the shop at ${url}`,
    look: async (checkoutId) =>
      (await ask(url, checkoutId, options))?.arrivals ?? { types: [], lastRejected: null, otherSettings: [] },
    close: () => undefined,
  };
}

/** Confirms the event about doctor's own page only: Stripe must send any other again, to the shop. */
async function listen({ port, webhookSecrets }: ReceiverOptions, checkoutId: string): Promise<WebhookReceiver> {
  const events = createReceivedEvents(Date.now);
  const server = createServer((request, response) => {
    if (request.method !== "POST" || request.url?.split("?")[0] !== WEBHOOK_PATH) return response.writeHead(404).end();
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) request.destroy();
      else chunks.push(chunk);
    });
    return request.on("end", () => {
      const { "stripe-signature": signature } = request.headers;
      const verified = verifyWebhook(
        Buffer.concat(chunks).toString("utf8"),
        typeof signature === "string" ? signature : null,
        webhookSecrets,
      );
      if (verified.outcome === "event") events.verified(verified.event);
      if (verified.outcome === "unverified") events.rejected();
      const isAboutPage = verified.outcome === "event" && verified.event.checkoutId === checkoutId;
      return response.writeHead(isAboutPage ? 200 : verified.outcome === "unverified" ? 400 : 503).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, resolve);
  });
  return {
    place: `port ${port} of this computer`,
    look: async (checkoutId) => ({
      types: events.about(checkoutId).map(({ type }) => type),
      lastRejected: events.lastRejectedAt === null ? null : String(events.lastRejectedAt),
      otherSettings: [],
    }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
