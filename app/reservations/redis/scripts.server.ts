import { createHash } from "node:crypto";
import abort from "./abort.lua?raw";
import acquireLease from "./acquire-lease.lua?raw";
import base from "./base.lua?raw";
import beginRebuild from "./begin-rebuild.lua?raw";
import claim from "./claim.lua?raw";
import claims from "./claims.lua?raw";
import confirm from "./confirm.lua?raw";
import endClaim from "./end-claim.lua?raw";
import endRebuild from "./end-rebuild.lua?raw";
import findClaim from "./find-claim.lua?raw";
import held from "./held.lua?raw";
import holds from "./holds.lua?raw";
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

/** A whole script, and the hash by which Redis knows it once it has run. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** Of each verb, with what it builds on. Vite puts the files into the build, so that nothing is read at run time. */
export const scripts = {
  place: script("", tallies, holds, place),
  confirm: freeing(confirm),
  abort: freeing(abort),
  renew: freeing(renew),
  release: freeing(release),
  claim: freeing(claim),
  stamp: freeing(stamp),
  endClaim: freeing(endClaim),
  restore: script("", tallies, holds, restore),
  findClaim: freeing(findClaim),
  claims: freeing(claims),
  view: freeing(view),
  held: freeing(held),
  snapshot: freeing(snapshot),
  totals: freeing(totals),
  beginRebuild: script("", beginRebuild),
  endRebuild: script("", endRebuild),
  acquireLease: script("", acquireLease),
  renewLease: script("", renewLease),
  releaseLease: script(" flags=allow-oom", releaseLease),
} as const;

/**
 * Runs although Redis is full: what ends holds, or clears lapsed ones in passing, is what makes room again.
 * The others are refused before their first write, so none is ever done by half.
 */
function freeing(verb: string): Script {
  return script(" flags=allow-oom", tallies, holds, verb);
}

/** With a `#!` line Redis refuses a script that reaches for keys of another slot. */
function script(flags: string, ...parts: readonly string[]): Script {
  const source = [`#!lua${flags}`, base, ...parts].join("\n");
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}
