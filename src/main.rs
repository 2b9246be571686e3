//! The `ipmitool` binary: everything is in the library, this only turns its status into an exit code.

fn main() -> std::process::ExitCode {
    ipmitool::cmd::main()
}
