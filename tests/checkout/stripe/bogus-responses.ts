/** Responses that a proxy between the shop and Stripe may send; stripe-node treats most of them as success. */
export const BOGUS_RESPONSES: Readonly<Record<string, () => Response>> = {
  "502 with a message": () => Response.json({ message: "bad gateway" }, { status: 502 }),
  "200 {}": () => Response.json({}),
  "404 with a message": () => Response.json({ message: "no route" }, { status: 404 }),
  "404 with an error that is not Stripe's": () => Response.json({ error: { message: "no route" } }, { status: 404 }),
  "400 with an error that is not Stripe's": () =>
    Response.json({ error: { message: "bad request", code: "charge_already_refunded" } }, { status: 400 }),
  "404 with an error as text": () => Response.json({ error: "no route" }, { status: 404 }),
  "500 with an error that is not Stripe's": () => Response.json({ error: { message: "oops" } }, { status: 500 }),
  "429 with an error that is not Stripe's": () => Response.json({ error: { message: "slow down" } }, { status: 429 }),
  "an empty list without has_more": () => Response.json({ object: "list", data: [] }),
  "an empty page with more to come": () => Response.json({ object: "list", data: [], has_more: true }),
  null: () => Response.json(null),
  "a word": () => Response.json("ok"),
  "an HTML page": () =>
    new Response("<html>Sign in to the hotel's network</html>", { headers: { "content-type": "text/html" } }),
  nothing: () => new Response(null, { status: 204 }),
};
