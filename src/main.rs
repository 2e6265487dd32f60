//! The program. What it does stands in [`abono::cli`].
use std::process::ExitCode;

fn main() -> ExitCode {
    abono::cli::main()
}
