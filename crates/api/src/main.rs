//! The `sizhu` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    sizhu_api::cli::main()
}
