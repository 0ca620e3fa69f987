/**
 * `npm run drill -- [--url http://localhost:3000] [--product <id>] [--buyers 50] [--units 3] [--seconds 30] [--token <ADMIN_TOKEN>]`:
 * many buyers at few units of a running store, round after round; without a product, at the first one on its list. Sets its
 * inventory in each round and puts it back in the end. Several `--url`: servers of one shop.
 * With `--crowd [--asks 20]`: a steady crowd of so many asks a second at the last item, which is given back again and again;
 * tells how soon it is granted again.
 * Exits 1 when anything was oversold, or when the crowd did not get what came back; 2 when the drill could not be had, or the shop is none that may be drilled.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { inspect, parseArgs } from "node:util";
import { z } from "zod";
import { crowdTable, isCrowdServed, runCrowd } from "~/drill/crowd";
import { figuresTable, newFigures, progressLine } from "~/drill/figures";
import { runRound } from "~/drill/round";
import { DrillRefused, firstProduct, requirePlayMoney, stockOverHttp } from "~/drill/shop-over-http";
import { httpShopper } from "~/drill/shopper";

/** Holds of two minutes lapse before the next round; an abandoned payment page lasts as long as the shop lets it. */
const REST_WITHIN_MS = 20 * 60_000;

const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);
const options = z.object({
  url: z
    .array(z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin))
    .default(["http://localhost:3000"]),
  product: z.string().optional(),
  buyers: count(50),
  units: count(3),
  seconds: count(30),
  token: z.string().optional(),
  crowd: z.boolean().default(false),
  asks: count(20),
});

async function drill(): Promise<number> {
  const { values } = parseArgs({
    options: {
      url: { type: "string", multiple: true },
      product: { type: "string" },
      buyers: { type: "string" },
      units: { type: "string" },
      seconds: { type: "string" },
      crowd: { type: "boolean" },
      asks: { type: "string" },
      token: { type: "string", default: process.env.ADMIN_TOKEN },
    },
  });
  const given = options.safeParse(values);
  if (!given.success) throw new DrillRefused(z.prettifyError(given.error));
  const { url: origins, product, buyers, units, seconds, token, crowd, asks } = given.data;
  const [first = ""] = origins;

  for (const origin of origins) process.stdout.write(`${origin}: payments are ${await requirePlayMoney(origin)}\n`);
  const productId = product ?? (await firstProduct(first));
  const stock = stockOverHttp(first, token);
  const before = await stock.look(productId);
  if (before === null || before.held > 0)
    throw new DrillRefused("the shop does not answer, or somebody holds units of this product");

  const newShopper = () => httpShopper(() => origins[Math.floor(Math.random() * origins.length)] ?? first);
  if (crowd) {
    const now = () => performance.now();
    const crowded = runCrowd({
      productId,
      perSecond: asks,
      seconds,
      newShopper,
      stock,
      random: Math.random,
      now,
      sleep,
    });
    const seen = await crowded.finally(() => stock.setInventory(productId, before.inventory));
    process.stdout.write(`${crowdTable(seen)}\n`);
    return isCrowdServed(seen) ? 0 : 1;
  }

  const figures = newFigures();
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const progress = setInterval(() => process.stdout.write(`\r${progressLine(figures, elapsed())}`), 250);
  try {
    do
      await runRound(
        { productId, units, buyers, newShopper, stock, random: Math.random, restWithinMs: REST_WITHIN_MS, sleep },
        figures,
      );
    while (elapsed() < seconds);
  } finally {
    clearInterval(progress);
    await stock.setInventory(productId, before.inventory);
  }
  process.stdout.write(`\r${progressLine(figures, elapsed())}\n\n${figuresTable(figures)}\n`);
  return figures.oversold > 0 ? 1 : 0;
}

try {
  process.exitCode = await drill();
} catch (error) {
  process.stderr.write(`${error instanceof DrillRefused ? error.message : inspect(error)}\n`);
  process.exitCode = 2;
}
