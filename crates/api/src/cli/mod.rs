//! The command line: `sizhu serve | demo | migrate | policy | import | replay | openapi | client |
//! keys | health`.

mod commands;
mod import;
mod policy;
mod replay;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

use crate::demo::DemoOptions;

/// 四助: the assistance programmes of a provincial family-planning association over one API.
///
/// `sizhu demo` shows everything with synthetic people and needs nothing but PostgreSQL's
/// programs. `sizhu serve` is production: it reads its configuration from the environment (see
/// .env.example) and needs a database made by `sizhu migrate`.
#[derive(Debug, Parser)]
#[command(
    name = "sizhu",
    version,
    about,
    long_about,
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the API, with the configuration of the environment; logs JSON lines
    Serve,
    /// Serves a demo province from a private PostgreSQL, on this machine only
    ///
    /// The first start makes the database, its keys and synthetic people under --data; later ones
    /// keep them. Ctrl-C stops everything.
    Demo(DemoArgs),
    /// Brings the database up to date and loads reference data
    ///
    /// Needs SIZHU_OWNER_DATABASE_URL. Safe to repeat.
    Migrate {
        /// First makes the roles and the database that the addresses name; needs
        /// SIZHU_ADMIN_DATABASE_URL (a superuser) and DATABASE_URL besides
        #[arg(long)]
        bootstrap: bool,
        /// Loads these divisions (CSV: code,name,level,parent) instead of the built-in Hunan
        #[arg(long, value_name = "FILE")]
        divisions: Option<PathBuf>,
    },
    /// Checks, explains, tests and compares policy packs; needs no database
    Policy {
        #[command(subcommand)]
        command: policy::PolicyCommand,
    },
    /// Records what files of residents or claims say, line by line; run again it doubles nothing
    ///
    /// Exit code 0 if all lines are sound, 1 if some are refused, 2 if it is called wrongly.
    Import {
        #[command(subcommand)]
        command: import::ImportCommand,
    },
    /// Makes stored decisions once more and compares; exit code 1 if one does not hold
    Replay {
        /// Every decision ever made
        #[arg(long, required = true)]
        all: bool,
    },
    /// Prints the OpenAPI document
    Openapi,
    /// Keeps the clients of the API
    Client {
        #[command(subcommand)]
        command: ClientCommand,
    },
    /// Prints fresh keys as lines for .env
    Keys,
    /// Asks the service of this environment whether it is ready: exit code 0 or 1
    Health,
}

#[derive(Debug, Subcommand)]
enum ClientCommand {
    /// Makes a client and prints its secret, once
    Add(ClientArgs),
}

#[derive(Debug, Args)]
struct DemoArgs {
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Folder of the demo's database and keys
    #[arg(long, value_name = "DIR", default_value = ".sizhu/demo")]
    data: PathBuf,
    /// How many residents a new province gets: 2,000 if not told. 100,000 is a real one
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(300..=2_000_000))]
    residents: Option<u32>,
    /// Does not limit how often those without a token may ask; for tests
    #[arg(long)]
    unlimited_questions: bool,
}

impl From<DemoArgs> for DemoOptions {
    fn from(args: DemoArgs) -> Self {
        Self {
            port: args.port,
            data: args.data,
            residents: args.residents,
            limit_questions: !args.unlimited_questions,
        }
    }
}

/// A new client: its role, and what the role is bound to.
#[derive(Debug, Args)]
struct ClientArgs {
    /// The client's id: a-z, 0-9 and `-`
    #[arg(long)]
    id: String,
    /// What the client is
    #[arg(long, value_parser = PossibleValuesParser::new(
        ["resident", "hospital", "bank", "officer", "finance", "auditor", "policy", "admin"]
    ))]
    role: String,
    /// Division code, for officer, finance and auditor
    #[arg(long, value_name = "CODE", group = "binding")]
    division: Option<String>,
    /// Id of the hospital, for hospital
    #[arg(long, value_name = "UUID", group = "binding")]
    hospital: Option<Uuid>,
    /// Code of the bank, for bank
    #[arg(long, value_name = "CODE", group = "binding")]
    bank: Option<String>,
    /// Id of the resident, for resident
    #[arg(long, value_name = "UUID", group = "binding")]
    resident: Option<Uuid>,
}

/// Runs the command of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match actix_web::rt::System::new().block_on(commands::run(cli.command)) {
        Ok(code) => code,
        Err(error) => {
            commands::complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_client_is_bound_once() {
        let parse = |args: &[&str]| {
            let fixed = ["sizhu", "client", "add", "--id", "a", "--role", "officer"];
            Cli::try_parse_from(fixed.iter().chain(args))
        };
        assert!(parse(&["--division", "43"]).is_ok());
        assert!(parse(&["--division", "43", "--bank", "ABC"]).is_err());
    }
}
