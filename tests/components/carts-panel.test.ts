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

/** The panel as a browser without JavaScript gets it. */
async function rendered(answer: ActionResult | null): Promise<string> {
  const handler = createStaticHandler([{ path: "/", element: createElement(CartsPanel, { overview, answer }) }]);
  const context = await handler.query(new Request("http://shop.test/"));
  if (context instanceof Response) throw new Error("redirected");
  return renderToStaticMarkup(
    createElement(StaticRouterProvider, { router: createStaticRouter(handler.dataRoutes, context), context }),
  );
}

describe("the way to end the hold of a page that Stripe does not know", () => {
  it.each([
    ["is not there before Stripe was asked", null, 0],
    [
      "is not there where Stripe gave no proof",
      { intent: "close_page", checkoutId: GONE, result: { outcome: "no_proof" } },
      0,
    ],
    [
      "is there, once, after Stripe said so on closing",
      { intent: "close_page", checkoutId: GONE, result: { outcome: "unknown_page" } },
      1,
    ],
    [
      "is there, once, after Stripe said so on inspecting",
      { intent: "inspect", checkoutId: GONE, inspection: null },
      1,
    ],
  ] as [string, ActionResult | null, number][])("%s", async (_, answer, count) => {
    expect((await rendered(answer)).split('value="end_unknown_page"')).toHaveLength(count + 1);
  });

  it("says what it means, asks for a tick, and is a plain form behind a summary", async () => {
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
