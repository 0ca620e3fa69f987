import { Link } from "@remix-run/react";

/** Opens the event log, filtered by this id. */
export function LogLink({ text, labelFor }: { text: string; labelFor: string }) {
  return (
    <Link
      to={{ pathname: "/admin", search: `?${new URLSearchParams({ q: text }).toString()}`, hash: "#log" }}
      className="action-link"
    >
      Log<span className="visually-hidden"> of {labelFor}</span>
    </Link>
  );
}
