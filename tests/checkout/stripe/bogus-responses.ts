/** What something between the shop and Stripe may answer in its place; stripe-node takes most of these for a success. */
export const BOGUS_RESPONSES: Readonly<Record<string, () => Response>> = {
  "502 with a message": () => Response.json({ message: "bad gateway" }, { status: 502 }),
  "200 {}": () => Response.json({}),
  "404 with a message": () => Response.json({ message: "no route" }, { status: 404 }),
  "404 with an error that is not Stripe's": () => Response.json({ error: { message: "no route" } }, { status: 404 }),
  "400 with an error that is not Stripe's": () =>
    Response.json({ error: { message: "bad request", code: "charge_already_refunded" } }, { status: 400 }),
  "404 with an error in words": () => Response.json({ error: "no route" }, { status: 404 }),
  "500 with an error that is not Stripe's": () => Response.json({ error: { message: "oops" } }, { status: 500 }),
  "429 with an error that is not Stripe's": () => Response.json({ error: { message: "slow down" } }, { status: 429 }),
  "an empty list without its end": () => Response.json({ object: "list", data: [] }),
  "an empty page with more to come": () => Response.json({ object: "list", data: [], has_more: true }),
  null: () => Response.json(null),
  "a word": () => Response.json("ok"),
  "a page of HTML": () =>
    new Response("<html>Sign in to the hotel's network</html>", { headers: { "content-type": "text/html" } }),
  nothing: () => new Response(null, { status: 204 }),
};
