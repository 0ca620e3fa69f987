import type { ReactNode } from "react";

interface PanelProps {
  readonly id: string;
  readonly title: string;
  /** What the figures cover: this server, all servers, or Stripe. */
  readonly scope?: string;
  readonly tone?: "bad" | undefined;
  readonly children: ReactNode;
}

/** A section of the operator's page, linked from `SectionNav`. */
export function Panel({ id, title, scope, tone, children }: PanelProps) {
  return (
    <section className="panel" id={id} aria-labelledby={`${id}-title`} data-tone={tone}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        {scope !== undefined && <span className="panel-scope">{scope}</span>}
      </header>
      {children}
    </section>
  );
}

export type Tone = "good" | "warn" | "bad";

/** A highlighted word. The colour only repeats what the word says. */
export function Mark({ tone, children }: { tone?: Tone | undefined; children: ReactNode }) {
  return (
    <span className="mark" data-tone={tone}>
      {children}
    </span>
  );
}
