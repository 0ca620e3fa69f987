import { Form, Link, useNavigation } from "@remix-run/react";
import { shop } from "~/components/texts";
import type { ActionResult } from "~/operator/action-result";

/** `isClosed`: no token is set, so nobody can come in. */
export function SignInPage({ isClosed, answer }: { isClosed: boolean; answer: ActionResult | null }) {
  const isPending = useNavigation().formData?.get("intent") === "sign_in";
  return (
    <div className="operator sign-in">
      <h1>{shop.name}, for its operator</h1>
      {isClosed ? (
        <p className="notice warn">
          This page is closed, because no ADMIN_TOKEN is set. Set it to 16 characters or more in the environment of the
          server, restart, and sign in here with it.
        </p>
      ) : (
        <>
          {answer?.intent === "failed" && (
            <p className="notice bad" role="alert">
              {answer.message}
            </p>
          )}
          <Form method="post">
            {/* What password managers file the token under. */}
            <input type="text" name="username" value="operator" autoComplete="username" readOnly hidden />
            <label>
              ADMIN_TOKEN
              <input type="password" name="token" required autoComplete="current-password" maxLength={1000} />
            </label>
            <button type="submit" name="intent" value="sign_in" className="button" aria-busy={isPending}>
              {isPending ? "Signing in…" : "Sign in"}
            </button>
          </Form>
          <p className="hint">
            Signed in already, and came by a link from elsewhere? Then your browser did not bring the sign-in along:{" "}
            <a href="">open this page again</a>.
          </p>
        </>
      )}
      <p className="hint">
        <Link to="/">{shop.toProducts}</Link>
      </p>
    </div>
  );
}
