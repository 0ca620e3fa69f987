import { Link } from "@remix-run/react";

/** To all lines of the log about this id. */
export function LogLink({ text, of }: { text: string; of: string }) {
  return (
    <Link
      to={{ pathname: "/admin", search: `?${new URLSearchParams({ q: text }).toString()}`, hash: "#log" }}
      className="action-link"
    >
      Log<span className="visually-hidden"> of {of}</span>
    </Link>
  );
}
