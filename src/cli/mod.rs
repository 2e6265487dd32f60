//! The command line: reads it, opens what a command needs, runs the command, closes everything in good order.
//!
//! Exit codes: 0 done, 1 failed (the error and its causes stand on standard error), 2 the command line was not understood.
mod demo;
mod demo_licences;
pub mod doctor;
mod health;
mod import;
pub mod open;
mod people;
pub mod run;
pub mod serve;
pub mod shop;

use std::{io::Write, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{config::Config, db, telemetry};
use open::{Access, Schema};

/// Writes a line to standard output. A reader that went away is no error of ours.
macro_rules! out {
    () => { $crate::cli::write_line(format_args!("")) };
    ($($text:tt)*) => { $crate::cli::write_line(format_args!($($text)*)) };
}
pub(crate) use out;

/// Who may use what, how much is left, until when, and why: a companion service for WooCommerce shops.
#[derive(Debug, Parser)]
#[command(name = "abono", version, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub config: Config,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer requests, and do the jobs
    Serve(run::Serve),
    /// Do the jobs only
    Work,
    /// Try everything: a pretend shop, sample data, known logins
    Demo(demo::Demo),
    /// Bring the database's schema to the version of this program
    Migrate,
    /// Check database, secret key and surroundings, and say what to do about what is wrong
    Doctor,
    /// People of the back office
    #[command(subcommand)]
    Staff(people::Staff),
    /// Keys of apps
    #[command(subcommand)]
    Key(people::Key),
    /// Print the description of the JSON API
    Openapi,
    /// Connect shops and read them
    #[command(subcommand)]
    Shop(shop::ShopCommand),
    /// Bring in what an older system knew
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Ask a running `abono serve` whether it is well (for a container's health check)
    Health,
}

impl Cli {
    /// Reads the process's command line. Settings may stand before and after the command. Exits with 2 on nonsense.
    pub fn read() -> Self {
        let matches = Self::command_line().get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    fn command_line() -> clap::Command {
        Self::command().mut_args(|arg| arg.global(true).help_heading("Settings"))
    }
}

/// The whole program.
pub fn main() -> ExitCode {
    let cli = Cli::read();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    outcome.unwrap_or_else(|error| {
        writeln!(std::io::stderr().lock(), "{}", in_words(&error)).ok();
        ExitCode::FAILURE
    })
}

/// Runs one command.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { command, config } = cli;
    telemetry::start(&config)?;
    match command {
        Command::Serve(args) => run::serve(&args, config).await?,
        Command::Work => run::work(config).await?,
        Command::Demo(args) => demo::show(&args, config).await?,
        Command::Staff(command) => people::staff(command, config).await?,
        Command::Key(command) => people::key(command, config).await?,
        Command::Openapi => out!("{}", crate::site::describe_api()?),
        Command::Migrate => migrate(&config).await?,
        Command::Doctor => return doctor::run(config).await,
        Command::Shop(command) => shop::run(command, config).await?,
        Command::Import(command) => import::run(command, config).await?,
        Command::Health => health::ask(config.bind).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn migrate(config: &Config) -> anyhow::Result<()> {
    let database = open::database(config, Access::Shared).await?;
    let outcome = async {
        let pending = db::migrate::pending(&database.db).await?;
        open::prepare(&database, Schema::Migrate).await?;
        anyhow::Ok(pending)
    }
    .await;
    database.close().await?;
    match outcome? {
        0 => out!("The schema is up to date."),
        1 => out!("1 migration applied."),
        n => out!("{n} migrations applied."),
    }
    Ok(())
}

/// An error and its causes as one block. A cause that the line before has quoted already is left out.
fn in_words(error: &anyhow::Error) -> String {
    let mut text = format!("abono: {error}");
    let mut said = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !said.contains(&cause) {
            text.push_str("\n  because: ");
            text.push_str(&cause.replace('\n', "\n    "));
        }
        said = cause;
    }
    text
}

#[doc(hidden)]
pub fn write_line(line: std::fmt::Arguments<'_>) {
    writeln!(std::io::stdout().lock(), "{line}").ok();
}

#[cfg(test)]
pub(crate) mod tests {
    use anyhow::Context;

    use super::*;

    pub(crate) fn read(words: &[&str]) -> Result<Cli, clap::Error> {
        Cli::from_arg_matches(&Cli::command_line().try_get_matches_from(words)?)
    }

    #[test]
    fn settings_may_stand_before_and_after_the_command() {
        for words in [
            ["abono", "--data-dir", "/somewhere", "migrate"],
            ["abono", "migrate", "--data-dir", "/somewhere"],
        ] {
            let cli = read(&words).unwrap();
            assert!(matches!(cli.command, Command::Migrate));
            assert_eq!(cli.config.data_dir, std::path::Path::new("/somewhere"));
        }
    }

    #[test]
    fn nonsense_is_a_usage_error() {
        for words in [
            &["abono"][..],
            &["abono", "dance"],
            &["abono", "migrate", "--bind", "nowhere"],
            &["abono", "migrate", "--timezone", "Mars/Olympus"],
        ] {
            assert_eq!(read(words).unwrap_err().exit_code(), 2, "{words:?}");
        }
    }

    #[test]
    fn every_setting_stands_in_the_example_file_and_nothing_else_does() {
        let example = include_str!("../../.env.example");
        let mut shown: Vec<&str> = example
            .lines()
            .filter_map(|line| line.trim_start_matches("# ").split_once('=').map(|(name, _)| name))
            .filter(|name| name.starts_with("ABONO_"))
            .collect();
        let command = Cli::command_line();
        let mut settings: Vec<&str> = command
            .get_arguments()
            .filter_map(|arg| arg.get_env().and_then(std::ffi::OsStr::to_str))
            .collect();
        shown.sort_unstable();
        settings.sort_unstable();
        assert_eq!(shown, settings);
    }

    #[test]
    fn help_does_not_show_secrets_from_the_environment() {
        let mut command = Cli::command_line();
        for name in Config::secret_variables() {
            let arg = command.get_arguments().find(|arg| arg.get_env() == Some(&name)).unwrap();
            assert!(arg.is_hide_env_values_set(), "{name:?}");
        }
        assert!(command.render_long_help().to_string().contains("ABONO_SECRET_KEYS"));
        assert_eq!(Config::secret_variables().len(), 3);
    }

    #[test]
    fn an_error_is_told_with_its_causes_and_each_only_once() {
        let root = std::io::Error::other("disk full");
        let error =
            Err::<(), _>(root).context("cannot write: disk full").context("cannot start").unwrap_err();
        assert_eq!(in_words(&error), "abono: cannot start\n  because: cannot write: disk full");
    }
}
