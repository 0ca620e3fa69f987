import { Link } from "@remix-run/react";
import { shop } from "~/components/texts";
import { ActionForm } from "./action-form";
import { LiveState } from "./live-state";

/** The page's own header: what this is, how fresh it is, and the ways out. */
export function OperatorBar({ at, canSignOut }: { at: number; canSignOut: boolean }) {
  return (
    <div className="operator-bar">
      <h1>{shop.name} operator</h1>
      <Link to="/">To the shop</Link>
      <LiveState at={at} />
      {canSignOut && <ActionForm intent="sign_out" label="Sign out" />}
    </div>
  );
}

export interface Jump {
  readonly id: string;
  readonly label: string;
}

export function Jumps({ jumps }: { jumps: readonly Jump[] }) {
  return (
    <nav className="jumps" aria-label="On this page">
      <ul>
        {jumps.map(({ id, label }) => (
          <li key={id}>
            <a href={`#${id}`}>{label}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
