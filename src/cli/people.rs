//! `staff add` and `key add`: the first way in, before there is anyone to ask.
use std::io::{IsTerminal, Read};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::{
    open::{self, Access, Schema},
    out,
};
use crate::{
    accounts::{self, Reference},
    auth::{
        Role,
        key::{self, NewKey, Scope},
        staff::{self, NewStaff},
    },
    config::Config,
    core::{actor::Actor, email::Email, secret::Secret},
    crypto,
};

#[derive(Debug, Subcommand)]
pub enum Staff {
    /// Add someone to the back office
    Add(AddStaff),
}

#[derive(Debug, Args)]
pub struct AddStaff {
    #[arg(long, value_parser = parse_email)]
    email: Email,
    #[arg(long)]
    name: String,
    /// `admin` does everything, `manager` runs the systems, `stats` reads statistics
    #[arg(long, default_value = "admin", value_parser = parse_role)]
    role: Role,
    /// Read the password from standard input; otherwise one is made and shown once
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key for an app; it is shown once
    Add(AddKey),
}

#[derive(Debug, Args)]
pub struct AddKey {
    #[arg(long)]
    name: String,
    /// What it may do, separated by commas: accounts:read, sessions:read, sessions:write, grants:write, entitlements:read,
    /// entitlements:write, licences:read, licences:write, shops:read
    #[arg(long, value_delimiter = ',', required = true, value_parser = parse_scope)]
    scopes: Vec<Scope>,
    /// The e-mail of the only account it may speak of
    #[arg(long, value_parser = parse_email)]
    account: Option<Email>,
}

fn parse_email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|e| e.to_string())
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "one of admin, manager, stats".to_owned())
}

fn parse_scope(text: &str) -> Result<Scope, String> {
    let all = Scope::ALL.map(Scope::as_str).join(", ");
    Scope::parse(text).ok_or_else(|| format!("one of {all}"))
}

/// Who acts on a command line.
pub(super) const ACTOR: Actor = Actor::System { name: "command line" };

pub(super) async fn staff(command: Staff, config: Config) -> anyhow::Result<()> {
    let Staff::Add(args) = command;
    let (password, shown) =
        if args.password_stdin { (read_password()?, false) } else { (crypto::random_token(), true) };
    let opened = open::open(config, Access::Shared, Schema::Current).await?;
    let new = NewStaff {
        email: args.email,
        name: args.name,
        password: password.clone(),
        role: args.role,
        locale: None,
    };
    let added = staff::add(&opened.app.db, &new, &ACTOR, opened.app.clock.now()).await;
    opened.close().await?;
    added?;
    out!("{} may sign in as {} at /admin/login.", new.email, new.role.as_str());
    if shown {
        out!("Password (shown once): {}", password.reveal());
    }
    Ok(())
}

fn read_password() -> anyhow::Result<Secret> {
    let mut input = std::io::stdin();
    if input.is_terminal() {
        bail!("--password-stdin wants the password piped in, so that no terminal keeps it");
    }
    let mut text = String::new();
    input.read_to_string(&mut text).context("cannot read the password")?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}

pub(super) async fn key(command: Key, config: Config) -> anyhow::Result<()> {
    let Key::Add(args) = command;
    let opened = open::open(config, Access::Shared, Schema::Current).await?;
    let app = &opened.app;
    let made = async {
        let account = match args.account {
            None => None,
            Some(email) => {
                let found = accounts::resolve(&mut *app.db.conn().await?, &Reference::Email(email)).await?;
                Some(found.context("no account has that e-mail")?.id)
            }
        };
        let new = NewKey { name: args.name, scopes: args.scopes, account, expires_at: None };
        anyhow::Ok(key::create(&app.db, &new, &ACTOR, app.clock.now()).await?)
    }
    .await;
    opened.close().await?;
    out!("{}", made?.text.reveal());
    Ok(())
}
