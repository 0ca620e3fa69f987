/** Path of the sandbox database in the build (40 MB), relative to the project's root, where every command runs. */
export const SANDBOX_DUMP_FILE = "build/sandbox/supabase.tar";
