import { EnvironmentError, parseEnvironment } from "~/env.server";
import { createContainer, type Container } from "./create-container.server";
import { exitGracefully } from "./shutdown.server";

declare global {
  var holdfast: Promise<Container> | undefined;
}

/** The one container of this process, kept across hot reloads. A boot that cannot work ends the process with status 1. */
export const container: Container = await (globalThis.holdfast ??= boot());

async function boot(): Promise<Container> {
  try {
    const created = await createContainer(parseEnvironment(process.env));
    const { env, log, housekeeping, shopTag } = created;
    exitGracefully(created);
    housekeeping.start();
    log.info(
      { url: env.publicUrl, sandbox: env.isSandbox, shopTag },
      `Holdfast serves ${env.publicUrl}${env.isSandbox ? " on the sandbox: nothing is charged" : ""}`,
    );
    return created;
  } catch (error) {
    process.stderr.write(
      `${error instanceof EnvironmentError ? error.message : `Holdfast could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`}\n`,
    );
    process.exit(1);
  }
}
