import { createHash } from "node:crypto";
import abort from "./abort.lua?raw";
import acquireLease from "./acquire-lease.lua?raw";
import base from "./base.lua?raw";
import beginRebuild from "./begin-rebuild.lua?raw";
import check from "./check.lua?raw";
import claim from "./claim.lua?raw";
import claims from "./claims.lua?raw";
import confirm from "./confirm.lua?raw";
import endClaim from "./end-claim.lua?raw";
import endRebuild from "./end-rebuild.lua?raw";
import findClaim from "./find-claim.lua?raw";
import held from "./held.lua?raw";
import holds from "./holds.lua?raw";
import lower from "./lower.lua?raw";
import place from "./place.lua?raw";
import releaseLease from "./release-lease.lua?raw";
import release from "./release.lua?raw";
import renewLease from "./renew-lease.lua?raw";
import renew from "./renew.lua?raw";
import restore from "./restore.lua?raw";
import snapshot from "./snapshot.lua?raw";
import stamp from "./stamp.lua?raw";
import tallies from "./tallies.lua?raw";
import totals from "./totals.lua?raw";
import view from "./view.lua?raw";

/** A complete script, and the hash under which Redis caches it. */
export interface Script {
  readonly source: string;
  readonly sha: string;
  readonly runsWhenFull: boolean;
}

/** Lets a script run although Redis is full: it ends holds, settles payments, or is needed for a server to start. */
const ALSO_WHEN_FULL = " flags=allow-oom";

/** One complete script per operation: shared prelude plus its own file. Vite inlines the files, so nothing is read at run time. */
export const scripts = {
  place: script("", tallies, holds, place),
  confirm: freeing(confirm),
  abort: freeing(abort),
  renew: freeing(renew),
  release: freeing(release),
  claim: freeing(claim),
  stamp: freeing(stamp),
  endClaim: freeing(endClaim),
  lower: freeing(lower),
  restore: freeing(restore),
  findClaim: freeing(findClaim),
  claims: freeing(claims),
  view: freeing(view),
  held: freeing(held),
  snapshot: freeing(snapshot),
  totals: freeing(totals),
  beginRebuild: script(ALSO_WHEN_FULL, beginRebuild),
  endRebuild: script(ALSO_WHEN_FULL, endRebuild),
  acquireLease: script(ALSO_WHEN_FULL, acquireLease),
  renewLease: script(ALSO_WHEN_FULL, renewLease),
  releaseLease: script(ALSO_WHEN_FULL, releaseLease),
  check: whole("", check),
} as const;

/**
 * A script that runs although Redis is full. Ending holds and cleaning up lapsed ones frees memory, and paid units and
 * open payment pages take precedence. Other scripts are refused before their first write.
 */
function freeing(operation: string): Script {
  return script(ALSO_WHEN_FULL, tallies, holds, operation);
}

function script(flags: string, ...parts: readonly string[]): Script {
  return whole(flags, base, ...parts);
}

/** The `#!` line makes Redis refuse a script that accesses keys of another slot. */
function whole(flags: string, ...parts: readonly string[]): Script {
  const source = [`#!lua${flags}`, ...parts].join("\n");
  return { source, sha: createHash("sha1").update(source).digest("hex"), runsWhenFull: flags === ALSO_WHEN_FULL };
}
