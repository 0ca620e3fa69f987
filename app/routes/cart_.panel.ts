import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { submitCartForm } from "~/api/cart-form.server";
import { withRefusal } from "~/api/page-problem.server";
import { container } from "~/boot/container.server";
import { failureInit } from "~/cart/cart-failure";
import type { PanelResult, PanelView } from "~/cart/panel-result";
import { showPanel } from "~/cart/show-cart.server";
import { countIfRefused } from "~/components/shop/refused-changes";

/** The cart for scripts that stay on their page: `/cart` without redirects. Failures are data, so that the page stays. */
export function loader({ request }: LoaderFunctionArgs) {
  return withRefusal(async () => {
    const { cart } = await container.carts.read(request);
    const mayAsk = async () => (await container.limits.admit(request, cart.sessionHash, "view")).outcome === "admitted";
    const { view, remember } = await showPanel(
      container,
      cart,
      { sessionHash: cart.sessionHash, locale: container.env.SHOP_LOCALE, now: Date.now() },
      mayAsk,
    );
    const shown: PanelView = { outcome: "shown", view };
    return data(shown, {
      headers: { "Cache-Control": "no-store", ...(remember && (await container.carts.headers(remember))) },
    });
  });
}

export function action({ request }: ActionFunctionArgs) {
  return withRefusal(async () => {
    const submitted = await submitCartForm(request);
    if (submitted.outcome === "lost_cookie")
      return data<PanelResult>(
        { outcome: "refused", refusal: { code: "lost_cookie", retryAfterSeconds: null } },
        { status: 409, headers: await container.carts.headers(submitted.cart) },
      );
    const changed = submitted.result;
    if (changed.outcome === "failed") {
      const failed: PanelResult = changed;
      return data(failed, failureInit(changed.failure));
    }
    if (changed.outcome === "overtaken") return data<PanelResult>(changed);
    const headers = await container.carts.headers(changed.cart);
    if (changed.outcome === "paid") throw redirect(`/orders/${changed.checkoutId}`, { status: 303, headers });
    return data<PanelResult>({ outcome: "changed" }, { headers });
  });
}

/** Every page's root brings the cart along when it revalidates. */
export const shouldRevalidate = () => false;

export function clientLoader({ serverLoader }: ClientLoaderFunctionArgs): Promise<unknown> {
  return serverLoader().catch(offline);
}

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<unknown> {
  return serverAction<typeof action>().catch(offline).then(countIfRefused);
}

/** Turns a failed connection into a refusal. Everything else, redirects included, is rethrown. */
function offline(error: unknown): PanelResult & PanelView {
  if (!(error instanceof TypeError)) throw error;
  return { outcome: "refused", refusal: { code: "offline", retryAfterSeconds: null } };
}
