//! The `clinic-node` command.

fn main() -> std::process::ExitCode {
    clinic_node::cli::main()
}
