import { t } from "~/words/words";
import { cartText, CLOCK, textLike } from "../texts";
import { test } from "./visitor";

/** The main journeys, in every engine. */
const held = () => textLike("hold.until", { time: CLOCK });

test("an item added on the list is held", async ({ visitor, setStock }) => {
  await setStock("Gannet Egg Cup", 8);
  const shopper = await visitor();
  await shopper.open("/");
  await shopper.click("button", t("product.addLabel", { name: "Gannet Egg Cup" }));
  await shopper.sees(cartText(1));
  await shopper.open("/cart");
  await shopper.sees("Gannet Egg Cup");
  await shopper.sees(held());
});

test("the checkout leads over the payment page to the order", async ({ visitor, setStock }) => {
  await setStock("Gannet Egg Cup", 8);
  const shopper = await visitor();
  await shopper.open("/");
  await shopper.click("button", t("product.addLabel", { name: "Gannet Egg Cup" }));
  await shopper.sees(cartText(1));
  await shopper.open("/cart");
  await shopper.click("button", t("cart.pay"));
  await shopper.finds("button", t("sandboxPayment.decline"));
  await shopper.click("button", t("sandboxPayment.pay"));
  await shopper.finds("heading", t("order.paid.title"));
});
