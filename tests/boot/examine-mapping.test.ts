import { expect, it } from "vitest";
import { requirePossibleMapping } from "~/boot/examine-mapping.server";
import type { MappingReport } from "~/catalog/detect-columns.server";
import { EnvironmentError } from "~/env.server";
import { UnavailableError } from "~/errors";

const boot = (examineMapping: () => Promise<MappingReport>) => requirePossibleMapping({ examineMapping }, 20);

it("a shop does not start with a mapping that the database shows to be impossible", async () => {
  const message = 'PRODUCTS_COLUMNS: "status" is mapped to active';
  const started = boot(async () => ({ outcome: "impossible", message }));
  await expect(started).rejects.toThrow(new EnvironmentError(`Configuration errors:\n  - ${message}`));
});

it("a shop starts while the database is down or slow", async () => {
  await boot(() => Promise.reject(new UnavailableError("down")));
  await boot(() => new Promise<never>(() => undefined));
});
