import { expect, it } from "vitest";
import { crowdTable, isCrowdServed, runCrowd, type CrowdFigures } from "~/drill/crowd";
import type { Shopper } from "~/drill/shopper";
import { CrowdShop, type CrowdShopOptions } from "../reservations/crowd";
import { withoutLook } from "../reservations/crowds";

async function drill(
  options: Partial<CrowdShopOptions>,
  change: (shopper: Shopper) => Shopper = (shopper) => shopper,
): Promise<CrowdFigures> {
  const shop = new CrowdShop({ stock: { mug: 1 }, readMs: 80, servers: 1, ...options });
  let shoppers = 0;
  const newShopper = (): Shopper => {
    const sessionHash = `shopper-${(shoppers += 1)}`;
    return change({
      reserve: async (productId, quantity) =>
        (await shop.reserve(sessionHash, { [productId]: quantity })).outcome === "granted" ? "granted" : "refused",
      release: () => shop.giveBack(sessionHash).then(() => true),
      openPayment: async () => null,
      pay: async () => false,
      comeBack: async () => undefined,
    });
  };
  const { time, random } = shop;
  let figures: CrowdFigures | null = null;
  const running = runCrowd({
    productId: "mug",
    perSecond: 40,
    seconds: 60,
    newShopper,
    stock: { setInventory: async () => undefined },
    random,
    now: () => time.now(),
    sleep: (milliseconds) => time.sleep(milliseconds),
  }).then((result) => {
    figures = result;
  });
  await time.run(() => figures !== null);
  await running;
  if (figures === null) throw new Error("the crowd never ended");
  return figures;
}

it.each([0, 30, 100])(
  "sees a returned item granted again at once, with a database that answers after %i ms",
  async (readMs) => {
    const figures = await drill({ readMs });
    expect(isCrowdServed(figures), crowdTable(figures)).toBe(true);
    expect(figures.regrants.length).toBeGreaterThan(40);
  },
);

it("sees that nobody gets what comes back where every call places (negative control)", async () => {
  const figures = await drill({ wrapStore: withoutLook });
  expect(figures).toMatchObject({ oversold: 0, unsold: true });
  expect(isCrowdServed(figures)).toBe(false);
});

it("sees that one item is granted twice (negative control)", async () => {
  const figures = await drill({}, (shopper) => ({ ...shopper, reserve: async () => "granted" }));
  expect(figures.oversold).toBeGreaterThan(0);
  expect(isCrowdServed(figures)).toBe(false);
});
