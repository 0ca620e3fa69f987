import { expect, it } from "vitest";
import { holdTimeWarning } from "~/boot/hold-times";

const warning = (ttl: number, max: number) =>
  holdTimeWarning({ RESERVATION_TTL_SECONDS: ttl, RESERVATION_MAX_SECONDS: max });

it.each([
  [120, 1200],
  [30, 301],
])("a hold of %d s that can last for %d s needs no warning", (ttl, max) => {
  expect(warning(ttl, max)).toBeNull();
});

it.each([
  [120, 1199, "at most 9 times", 1200],
  [120, 240, "at most once", 1200],
  [120, 241, "at most 2 times", 1200],
  [60, 60, "not at all", 600],
  [120, 30, "not at all", 1200],
])("a hold of %d s that can last for %d s can be extended %s", (ttl, max, extensions, wanted) => {
  expect(warning(ttl, max)).toContain(`can be extended ${extensions}, `);
  expect(warning(ttl, max)).toContain(`set it to ${wanted} or more`);
});
