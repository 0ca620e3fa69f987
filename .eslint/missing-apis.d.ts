import type { CompatStatement } from "@mdn/browser-compat-data";

export declare function missingIn(entry: CompatStatement): string[];

export interface MissingApis {
  readonly globals: readonly string[];
  readonly members: readonly { readonly owner: string; readonly name: string }[];
}

export declare function missingApis(): MissingApis;
