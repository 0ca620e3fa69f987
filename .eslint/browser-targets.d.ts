export declare const BROWSER_TARGETS: {
  readonly chrome: number;
  readonly edge: number;
  readonly firefox: number;
  readonly safari: number;
};
