import type { ReactNode } from "react";

interface PanelProps {
  readonly id: string;
  readonly title: string;
  /** Whose figures these are; left out where the question makes no sense. */
  readonly scope?: string;
  readonly tone?: "bad" | undefined;
  readonly children: ReactNode;
}

/** One section of the operator's page, which the jump navigation leads to. */
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

/** A word that stands out; never by its colour alone. */
export function Mark({ tone, children }: { tone?: Tone | undefined; children: ReactNode }) {
  return (
    <span className="mark" data-tone={tone}>
      {children}
    </span>
  );
}
