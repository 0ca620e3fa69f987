import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import type { ClientActionFunctionArgs, ClientLoaderFunctionArgs } from "@remix-run/react";
import { refusedInWords } from "~/api/page-problem.server";
import { container } from "~/boot/container.server";
import { failureInit, notAdmitted } from "~/cart/cart-failure";
import { readIntent } from "~/cart/cart-intent.server";
import { changeCart } from "~/cart/change-cart.server";
import type { PanelAnswer, PanelView } from "~/cart/panel-answer";
import { showPanel } from "~/cart/show-cart.server";
import { lostCookieTexts } from "~/components/shop/lost-cookie-words";
import { panelTexts } from "~/components/texts";
import { readForm } from "~/http/body.server";
import { requireOwnOrigin } from "~/http/origin.server";
import { preferredLocale } from "~/http/preferred-locale.server";
import { Problem } from "~/http/problem.server";

/** The cart for scripts that stay on their page: `/cart` without its redirects. Failures are data, so that no page is lost over them. */
export function loader({ request }: LoaderFunctionArgs) {
  return refusedInWords(async () => {
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
  return refusedInWords(async () => {
    requireOwnOrigin(request, container.originRule);
    const read = readIntent(await readForm(request));
    if (read.outcome === "not_understood")
      throw new Problem(400, "invalid_request", "The shop could not make sense of this form. Nothing was changed.");
    const { cart, origin } = await container.carts.read(request);
    if (origin !== "cookie")
      return data<PanelAnswer>(
        { outcome: "refused", message: lostCookieTexts.onceMoreHere },
        { status: 409, headers: await container.carts.headers(cart) },
      );
    const admission = await container.limits.admit(request, cart.sessionHash, "change");
    const changed =
      admission.outcome === "admitted" ? await changeCart(container, cart, read, Date.now()) : notAdmitted(admission);
    if (changed.outcome === "failed") {
      const failed: PanelAnswer = changed;
      return data(failed, failureInit(changed.failure));
    }
    const done: PanelAnswer = { outcome: "changed" };
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

/** Everything but a dead connection goes on as it came: redirects do too. */
function offline(error: unknown): PanelAnswer & PanelView {
  if (!(error instanceof TypeError)) throw error;
  return { outcome: "refused", message: panelTexts.offline };
}
