import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { withRefusal } from "~/api/page-problem.server";
import { container } from "~/boot/container.server";
import { failureInit, notAdmitted } from "~/cart/cart-failure";
import { readIntent } from "~/cart/cart-intent.server";
import { changeCart } from "~/cart/change-cart.server";
import type { PanelResult, PanelView } from "~/cart/panel-result";
import { showPanel } from "~/cart/show-cart.server";
import { lostCookieTexts } from "~/components/shop/lost-cookie-words";
import { panelTexts } from "~/components/texts";
import { readForm } from "~/http/body.server";
import { requireOwnOrigin } from "~/http/origin.server";
import { preferredLocale } from "~/http/preferred-locale.server";
import { Problem } from "~/http/problem.server";

/** The cart for scripts that stay on their page: `/cart` without redirects. Failures are data, so that the page stays. */
export function loader({ request }: LoaderFunctionArgs) {
  return withRefusal(async () => {
    const { cart } = await container.carts.read(request);
    const mayAsk = async () => (await container.limits.admit(request, cart.sessionHash, "view")).outcome === "admitted";
    const { view, remember } = await showPanel(
      container,
      cart,
      { sessionHash: cart.sessionHash, locale: preferredLocale(request), now: Date.now() },
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
    requireOwnOrigin(request, container.originRule);
    const read = readIntent(await readForm(request));
    if (read.outcome === "invalid") throw new Problem(400, "invalid_request", "This form is invalid. Nothing changed.");
    const { cart, origin } = await container.carts.read(request);
    if (origin !== "cookie")
      return data<PanelResult>(
        { outcome: "refused", message: lostCookieTexts.onceMoreHere },
        { status: 409, headers: await container.carts.headers(cart) },
      );
    const admission = await container.limits.admit(request, cart.sessionHash, "change");
    const changed =
      admission.outcome === "admitted" ? await changeCart(container, cart, read, Date.now()) : notAdmitted(admission);
    if (changed.outcome === "failed") {
      const failed: PanelResult = changed;
      return data(failed, failureInit(changed.failure));
    }
    const done: PanelResult = { outcome: "changed" };
    if (changed.outcome === "overtaken") return data(done);
    const headers = await container.carts.headers(changed.cart);
    if (changed.outcome === "paid") throw redirect(`/orders/${changed.checkoutId}`, { status: 303, headers });
    return data(done, { headers });
  });
}

export function clientLoader({ serverLoader }: ClientLoaderFunctionArgs): Promise<unknown> {
  return serverLoader().catch(offline);
}

export function clientAction({ serverAction }: ClientActionFunctionArgs): Promise<unknown> {
  return serverAction().catch(offline);
}

/** Turns a failed connection into a refusal. Everything else, redirects included, is rethrown. */
function offline(error: unknown): PanelResult & PanelView {
  if (!(error instanceof TypeError)) throw error;
  return { outcome: "refused", message: panelTexts.offline };
}
