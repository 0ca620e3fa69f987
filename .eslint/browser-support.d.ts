import type { Rule } from "eslint";

export declare const browserSupport: Rule.RuleModule;
