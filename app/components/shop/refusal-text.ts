import type { Refusal } from "~/cart/panel-result";
import { t } from "~/words/words";
import { errorText } from "./error-text";

/** Why nothing was shown or changed in place. Undefined if a server of another version responded, during a deploy. */
export function refusalText(refusal: Refusal | undefined): string {
  const { code, retryAfterSeconds } = refusal ?? { code: "unavailable", retryAfterSeconds: null };
  if (code === "offline") return t("failure.offline");
  if (code === "lost_cookie") return t("lostCookie.onceMoreHere");
  if (code === "unavailable") return t("failure.unavailable");
  return errorText(400, { code, retryAfterSeconds }).text;
}
