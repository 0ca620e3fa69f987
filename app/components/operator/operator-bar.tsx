import { Link } from "@remix-run/react";
import { site } from "~/words/site";
import { ActionForm } from "./action-form";
import { LiveState } from "./live-state";

/** The header of the operator's page. */
export function OperatorBar({ at, canSignOut }: { at: number; canSignOut: boolean }) {
  return (
    <div className="operator-bar">
      <h1>{site().name} admin</h1>
      <Link to="/">View shop</Link>
      <LiveState at={at} />
      {canSignOut && <ActionForm intent="sign_out" label="Sign out" />}
    </div>
  );
}

export interface SectionLink {
  readonly id: string;
  readonly label: string;
}

export function SectionNav({ sections }: { sections: readonly SectionLink[] }) {
  return (
    <nav className="jumps" aria-label="On this page">
      <ul>
        {sections.map(({ id, label }) => (
          <li key={id}>
            <a href={`#${id}`}>{label}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
