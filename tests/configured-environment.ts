/** The variables that a shop outside the sandbox must have. */
export const CONFIGURED = {
  PUBLIC_URL: "https://shop.test",
  SESSION_SECRET: "s".repeat(32),
  SUPABASE_URL: "https://project.supabase.test",
  SUPABASE_SECRET_KEY: "sb_secret_1",
  STRIPE_SECRET_KEY: "sk_test_1",
  STRIPE_WEBHOOK_SECRET: "whsec_1",
};
