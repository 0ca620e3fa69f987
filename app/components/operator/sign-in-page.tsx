import { Form, Link, useNavigation } from "@remix-run/react";
import type { ActionResult } from "~/operator/action-result";
import { site } from "~/words/site";

/** `isClosed`: no ADMIN_TOKEN is set, so sign-in is disabled. */
export function SignInPage({ isClosed, actionResult }: { isClosed: boolean; actionResult: ActionResult | null }) {
  const isPending = useNavigation().formData?.get("intent") === "sign_in";
  return (
    <div className="operator sign-in">
      <h1>Sign in to {site().name} admin</h1>
      {isClosed ? (
        <p className="notice warn">
          Admin is disabled because ADMIN_TOKEN is not set. Set it to at least 16 characters in the server&apos;s
          environment, restart, then sign in here.
        </p>
      ) : (
        <>
          {actionResult?.intent === "failed" && (
            <p className="notice bad" role="alert">
              {actionResult.message}
            </p>
          )}
          <Form method="post">
            {/* User name under which password managers store the token. */}
            <input type="text" name="username" value="operator" autoComplete="username" readOnly hidden />
            <label>
              Admin token
              <input type="password" name="token" required autoComplete="current-password" maxLength={1000} />
            </label>
            <button type="submit" name="intent" value="sign_in" className="button" aria-busy={isPending}>
              {isPending ? "Signing in…" : "Sign in"}
            </button>
          </Form>
          <p className="hint">
            Already signed in? Links from other sites don&apos;t carry your session. <a href="">Reload this page</a>.
          </p>
        </>
      )}
      <p className="hint">
        <Link to="/">All products</Link>
      </p>
    </div>
  );
}
