import { expect, it } from "vitest";
import { crowdTable, isCrowdServed, runCrowd, type CrowdFigures } from "~/drill/crowd";
import type { Shopper } from "~/drill/shopper";
import { CrowdShop, type CrowdShopOptions } from "../reservations/crowd";
import { withoutHints } from "../reservations/crowds";

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
      release: () => shop.releaseAll(sessionHash).then(() => true),
      openPayment: async () => null,
      pay: async () => false,
      returnToShop: async () => undefined,
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
  if (figures === null) throw new Error("the crowd never finished");
  return figures;
}

it.each([0, 30, 100])("a released item is granted again promptly, with database reads of %i ms", async (readMs) => {
  const figures = await drill({ readMs });
  expect(isCrowdServed(figures), crowdTable(figures)).toBe(true);
  expect(figures.regrants.length).toBeGreaterThan(40);
});

it("reports a released item that nobody gets if every call places a pending hold (negative control)", async () => {
  const figures = await drill({ wrapStore: withoutHints });
  expect(figures).toMatchObject({ oversold: 0, unsold: true });
  expect(isCrowdServed(figures)).toBe(false);
});

it("reports an item granted twice (negative control)", async () => {
  const figures = await drill({}, (shopper) => ({ ...shopper, reserve: async () => "granted" }));
  expect(figures.oversold).toBeGreaterThan(0);
  expect(isCrowdServed(figures)).toBe(false);
});
