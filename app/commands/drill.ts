/**
 * `npm run drill -- [--url http://localhost:3000] [--product <id>] [--buyers 50] [--units 3] [--seconds 30] [--token <ADMIN_TOKEN>]`:
 * a load test that looks for overselling. Round after round, many buyers compete for a few units of one product of a
 * running store (default: the first product it lists). Each round sets the product's inventory; the original value is
 * restored at the end. Repeat `--url` to name several servers of one shop.
 *
 * With `--crowd [--asks 20]`: a steady crowd, at this many requests per second, asks for the last item, which is
 * released again and again. Measures how soon a released item is granted again.
 *
 * Exits with 1 if anything was oversold or a released item was never granted again, and with 2 if the drill could not
 * run or the shop takes real money.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { inspect, parseArgs } from "node:util";
import { z } from "zod";
import { crowdTable, isCrowdServed, runCrowd } from "~/drill/crowd";
import { figuresTable, newFigures, progressLine } from "~/drill/figures";
import { runRound } from "~/drill/round";
import { DrillError, firstProduct, requirePlayMoney, stockOverHttp } from "~/drill/shop-over-http";
import { httpShopper } from "~/drill/shopper";
import { readDotenv } from "./read-dotenv.js";

/** Long enough for holds of a round to expire, even those of abandoned payment pages (15 minutes by default). */
const FINISH_WITHIN_MS = 20 * 60_000;

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
  if (!given.success) throw new DrillError(z.prettifyError(given.error));
  const { url: origins, product, buyers, units, seconds, token, crowd, asks } = given.data;
  const [first = ""] = origins;

  for (const origin of origins) process.stdout.write(`${origin}: payment mode ${await requirePlayMoney(origin)}\n`);
  const productId = product ?? (await firstProduct(first));
  const stock = stockOverHttp(first, token);
  const before = await stock.read(productId);
  if (before === null) throw new DrillError("The shop is not responding.");
  if (before.held > 0)
    throw new DrillError(`${before.held} units of this product are held. Try again once they are released.`);

  const newShopper = () => httpShopper(() => origins[Math.floor(Math.random() * origins.length)] ?? first);
  if (crowd) {
    const now = () => performance.now();
    const running = runCrowd({
      productId,
      perSecond: asks,
      seconds,
      newShopper,
      stock,
      random: Math.random,
      now,
      sleep,
    });
    const figures = await running.finally(() => stock.setInventory(productId, before.inventory));
    process.stdout.write(`${crowdTable(figures)}\n`);
    return isCrowdServed(figures) ? 0 : 1;
  }

  const figures = newFigures();
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const progress = setInterval(() => process.stdout.write(`\r${progressLine(figures, elapsed())}`), 250);
  try {
    do
      await runRound(
        { productId, units, buyers, newShopper, stock, random: Math.random, finishWithinMs: FINISH_WITHIN_MS, sleep },
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

readDotenv();
try {
  process.exitCode = await drill();
} catch (error) {
  process.stderr.write(`${error instanceof DrillError ? error.message : inspect(error)}\n`);
  process.exitCode = 2;
}
