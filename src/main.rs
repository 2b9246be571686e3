//! The `ipmitool` binary: everything is in the library.

fn main() -> std::process::ExitCode {
    ipmitool::run::main()
}
