/** The main journeys, in every engine. */
import { t } from "~/words/words";
import { cartText, CLOCK, textLike } from "../texts";
import { test, type Visitor } from "./visitor";

const add = (name: string) => t("product.addLabel", { name });
const inOtherCarts = () => textLike("stock.inOtherCartsUntil", { time: CLOCK });

/** Opens the cart and expects its items to be held. */
async function openHeldCart(shopper: Visitor): Promise<void> {
  await shopper.open("/cart");
  await shopper.sees(textLike("hold.until", { time: CLOCK }));
}

/** Adds an item on the list, then opens the cart. */
async function addOnList(shopper: Visitor, name: string): Promise<void> {
  await shopper.open("/");
  await shopper.click("button", add(name));
  await shopper.sees(cartText(1));
  await openHeldCart(shopper);
}

test("an item added on the list is held", async ({ visitor, setStock }) => {
  await setStock("Gannet Egg Cup", 8);
  await addOnList(await visitor(), "Gannet Egg Cup");
});

test("a product is added on its page, its quantity changed, removed and put back", async ({ visitor, setStock }) => {
  const name = "Harbour Bowl";
  await setStock(name, 9);
  const shopper = await visitor();
  await shopper.openProduct(name);
  await shopper.click("button", add(name));
  await shopper.sees(cartText(1));
  await openHeldCart(shopper);

  await shopper.click("button", t("quantity.more", { name }));
  await shopper.sees(cartText(2));
  await shopper.fill("spinbutton", t("quantity.label", { name }), "4");
  await shopper.press("Enter");
  await shopper.sees(cartText(4));
  await shopper.click("button", t("quantity.less", { name }));
  await shopper.sees(cartText(3));
  await shopper.click("button", t("cart.removeLabel", { name }));
  await shopper.sees(t("cart.removedSeveral", { name, quantity: 3 }));
  await shopper.click("button", t("cart.undoLabel", { name }));
  await shopper.sees(cartText(3));
});

test("the last item is in other shoppers' carts while one holds it, and available again once it is removed", async ({
  visitor,
  setStock,
}) => {
  const name = "Barnacle Bud Vase";
  await setStock(name, 1);
  const first = await visitor();
  const second = await visitor();
  await second.openProduct(name);
  await second.sees(t("stock.lastOne"));
  await first.openProduct(name);
  await first.click("button", add(name));
  await second.seesInTime(inOtherCarts());
  await second.misses("button", add(name));

  await first.open("/cart");
  await first.click("button", t("cart.removeLabel", { name }));
  await second.seesInTime(t("stock.lastOne"));
  await second.click("button", add(name));
  await second.sees(cartText(1));
});

test("a hold ends, and its items are reserved again", async ({ visitor, setStock }) => {
  await setStock("Dory Butter Dish", 4);
  const shopper = await visitor({ shortHolds: true });
  await shopper.openProduct("Dory Butter Dish");
  await shopper.click("button", add("Dory Butter Dish"));
  await shopper.sees(cartText(1));
  await shopper.open("/cart");
  await shopper.seesInTime(t("stock.lapsed"));
  await shopper.click("button", t("hold.again"));
  await shopper.sees(textLike("hold.until", { time: CLOCK }));
});

test("the checkout leads over the payment page to the order", async ({ visitor, setStock }) => {
  await setStock("Gannet Egg Cup", 8);
  const shopper = await visitor();
  await addOnList(shopper, "Gannet Egg Cup");
  await shopper.click("button", t("cart.pay"));
  await shopper.finds("button", t("sandboxPayment.decline"));
  await shopper.click("button", t("sandboxPayment.pay"));
  await shopper.finds("heading", t("order.paid.title"));
});

test("the keyboard alone is enough from the list to the order", async ({ visitor, setStock }) => {
  test.setTimeout(90_000);
  const name = "Tide Mug";
  await setStock(name, 8);
  const shopper = await visitor();
  await shopper.open("/");
  await shopper.tabTo(name);
  await shopper.press("Enter");
  await shopper.arrivesAt(name);
  await shopper.tabTo(add(name));
  await shopper.press("Enter");
  await shopper.sees(cartText(1));
  await openHeldCart(shopper);
  await shopper.tabTo(t("cart.pay"));
  await shopper.press("Enter");
  await shopper.finds("button", t("sandboxPayment.decline"));
  await shopper.tabTo(t("sandboxPayment.pay"));
  await shopper.press("Enter");
  await shopper.finds("heading", t("order.paid.title"));
});
