import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { createStaticHandler, createStaticRouter, StaticRouterProvider } from "react-router-dom/server";
import { describe, expect, it } from "vitest";
import { CartsPanel } from "~/components/operator/carts-panel";
import type { ActionResult } from "~/operator/action-result";
import type { Overview } from "~/operator/operator-desk";

const GONE = "cs_test_gone";
const cart = {
  sessionHash: "a-hash-of-a-session",
  state: "checkout" as const,
  lines: [{ productId: "mug", name: "Mug", quantity: 1 }],
  claimId: "claim-1",
  endsInMs: 0,
};
const overview = {
  holdsIn: "memory",
  holds: {
    carts: [
      { ...cart, checkoutId: GONE },
      { ...cart, sessionHash: "another", checkoutId: "cs_test_other" },
    ],
    products: [],
    hasMoreCarts: false,
  },
} as unknown as Overview;

/** The panel as sent to a browser without JavaScript. */
async function rendered(lastAction: ActionResult | null): Promise<string> {
  const handler = createStaticHandler([{ path: "/", element: createElement(CartsPanel, { overview, lastAction }) }]);
  const context = await handler.query(new Request("http://shop.test/"));
  if (context instanceof Response) throw new Error("redirected");
  return renderToStaticMarkup(
    createElement(StaticRouterProvider, { router: createStaticRouter(handler.dataRoutes, context), context }),
  );
}

describe("the form that ends the hold of an unknown payment page", () => {
  it.each([
    ["is absent before Stripe was asked", null, 0],
    [
      "is absent when Stripe gave no proof",
      { intent: "close_page", checkoutId: GONE, result: { outcome: "no_proof" } },
      0,
    ],
    [
      "appears once after closing found the page unknown",
      { intent: "close_page", checkoutId: GONE, result: { outcome: "unknown_page" } },
      1,
    ],
    [
      "appears once after inspecting found the page unknown",
      { intent: "inspect", checkoutId: GONE, inspection: null },
      1,
    ],
  ] as [string, ActionResult | null, number][])("%s", async (_, lastAction, count) => {
    expect((await rendered(lastAction)).split('value="end_unknown_page"')).toHaveLength(count + 1);
  });

  it("explains the risk, requires a ticked box, and is a plain form behind a summary", async () => {
    const html = await rendered({ intent: "close_page", checkoutId: GONE, result: { outcome: "unknown_page" } });
    const [form = ""] = /<details[^>]*><summary>End the hold without proof.*?<\/details>/s.exec(html) ?? [];
    expect(form).toContain("sold twice");
    expect(form).toContain(`name="checkout_id" value="${GONE}"`);
    expect(form).toMatch(
      /<input type="checkbox" name="confirmed"[^>]*required=""[^>]*>|<input type="checkbox"[^>]*required=""[^>]*name="confirmed"[^>]*>/,
    );
    expect(form).toContain('method="post"');
  });
});
