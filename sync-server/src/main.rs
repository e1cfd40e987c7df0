//! The `sync-server` command.

fn main() -> std::process::ExitCode {
    sync_server::cli::main()
}
