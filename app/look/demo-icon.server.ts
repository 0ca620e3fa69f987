import type { Drawing } from "./icon-drawing.server";

/** The cup of the demo shop, served only as long as it has the demo's name and colours. */
export const DEMO_ICON: Drawing = {
  background: "#14595c",
  marks:
    '<path d="M7 12h14v6a7 7 0 0 1-14 0z" fill="#fbf8f3"/><path d="M21 13.5h1.5a3.5 3.5 0 0 1 0 7H20" fill="none" stroke="#fbf8f3" stroke-width="2.4"/><path d="M7 26.5c2.2-1.6 4.4-1.6 6.6 0s4.4 1.6 6.6 0 3.2-1.6 4.8-.8" fill="none" stroke="#8fd0c7" stroke-width="1.8" stroke-linecap="round"/>',
};
