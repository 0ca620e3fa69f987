/** Where the build leaves the sandbox's database (40 MB); relative to the project's root, which is where every command runs. */
export const SANDBOX_DUMP_FILE = "build/sandbox/supabase.tar";
