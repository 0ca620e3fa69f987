import { checkTimeLimits, TIME_LIMITS } from "~/checkout/leases/time-limits.server";
import { EnvironmentError, parseEnvironment } from "~/env.server";
import { setSite } from "~/words/site";
import { assembleShop, type Shop } from "./assemble-shop.server";
import { chooseDrivers } from "./choose-drivers.server";
import { requirePossibleMapping } from "./examine-mapping.server";
import { holdTimeWarning } from "./hold-times";
import { exitGracefully } from "./shutdown.server";
import { siteOf } from "./site.server";

declare global {
  var holdfast: Promise<Shop> | undefined;
}

/** The process's only container, kept across hot reloads. If booting fails, the process exits with status 1. */
export const container: Shop = await (globalThis.holdfast ??= boot());
setSite(siteOf(container.env));

async function boot(): Promise<Shop> {
  try {
    checkTimeLimits(TIME_LIMITS);
    const env = parseEnvironment(process.env);
    const drivers = await chooseDrivers(env);
    await requirePossibleMapping(drivers.catalog);
    const shop = assembleShop(drivers, env);
    const { log, shopTag } = shop;
    exitGracefully(shop);
    const warning = holdTimeWarning(env);
    if (warning !== null) log.warn(warning);
    shop.housekeeping.start(shop.routines);
    log.info(
      { url: env.publicUrl, sandbox: env.isSandbox, shopTag },
      `Holdfast is running at ${env.publicUrl}${env.isSandbox ? " in sandbox mode: no real payments" : ""}`,
    );
    return shop;
  } catch (error) {
    process.stderr.write(
      `${error instanceof EnvironmentError ? error.message : `Holdfast could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`}\n`,
    );
    process.exit(1);
  }
}
