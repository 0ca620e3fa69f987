import { describe, expect, it } from "vitest";
import { reserve } from "~/reservations/reserve";
import { explore, type Scenario } from "./interleaving-explorer";

export function describeInterleavings(scenarios: readonly Scenario[]): void {
  describe("in every interleaving", () => {
    it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
      "%s: no unit is promised twice or lost",
      { timeout: 120_000 },
      async (_, scenario) => {
        const started = performance.now();
        const { interleavings, states } = await explore(scenario, reserve);
        console.info(
          `${scenario.name}: ${interleavings} interleavings, ${states} states, ${Math.round(performance.now() - started)} ms`,
        );
        expect(interleavings).toBeGreaterThan(10);
      },
    );
  });
}
