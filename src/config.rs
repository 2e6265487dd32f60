//! What an installation is told from outside: flags and environment. The only reader of the environment.
use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use chrono_tz::Tz;
use clap::{Args, Command};
use url::Url;

use crate::core::secret::Secret;

/// Settings of the process. Everything here can also be given as an environment variable (see `.env.example`).
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// MySQL 8+ or MariaDB 10.6+, e.g. `mysql://user:pass@host/abono`. Unset: an embedded MariaDB in the data directory
    #[arg(long, env = "ABONO_DATABASE_URL", hide_env_values = true, value_parser = parse_secret)]
    pub database_url: Option<Secret>,

    /// Where the embedded database and the generated secret key live
    #[arg(long, env = "ABONO_DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,

    /// Address to listen on. WooCommerce delivers webhooks to ports 80, 443 and 8080 only
    #[arg(long, env = "ABONO_BIND", default_value = "127.0.0.1:8080")]
    pub bind: SocketAddr,

    /// How browsers, apps and shops reach this service. Unset: `http://` and the bind address
    #[arg(long, env = "ABONO_PUBLIC_URL")]
    pub public_url: Option<Url>,

    /// Secret keys, newest first, separated by commas, 32 characters or more each. The first seals, all of them open
    #[arg(long = "secret-keys", env = "ABONO_SECRET_KEYS", hide_env_values = true, value_delimiter = ',', value_parser = parse_secret)]
    pub secret_keys: Vec<Secret>,

    /// Business time zone: days, months and expiries are counted in it
    #[arg(long, env = "ABONO_TIMEZONE", default_value = "Europe/Madrid")]
    pub timezone: Tz,

    /// Language of people who have not chosen one: `es` or `en`
    #[arg(long, env = "ABONO_LOCALE", default_value = "es", value_parser = ["es", "en"])]
    pub locale: String,

    /// Connections to the database, at most
    #[arg(long, env = "ABONO_DATABASE_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(2..=500))]
    pub database_connections: u32,

    /// Jobs that run at the same time in one process
    #[arg(long, env = "ABONO_WORKERS", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub workers: u16,

    /// Largest webhook body taken, in bytes
    #[arg(long, env = "ABONO_WEBHOOK_MAX_BYTES", default_value_t = 2_097_152)]
    pub webhook_max_bytes: usize,

    /// Largest body of any other request, in bytes
    #[arg(long, env = "ABONO_REQUEST_MAX_BYTES", default_value_t = 1_048_576)]
    pub request_max_bytes: usize,

    /// Seconds a request may take
    #[arg(long, env = "ABONO_REQUEST_TIMEOUT", default_value_t = 30)]
    pub request_timeout: u64,

    /// Let shops be plain http and on private or loopback addresses (a developer's own shop)
    #[arg(long, env = "ABONO_ALLOW_PRIVATE_SHOPS", default_value_t = false, action = clap::ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    pub allow_private_shops: bool,

    /// Trust the last hop of `X-Forwarded-For` and `X-Forwarded-Proto` (set behind a reverse proxy, never otherwise)
    #[arg(long, env = "ABONO_TRUST_PROXY", default_value_t = false, action = clap::ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    pub trust_proxy: bool,

    /// Mail server, e.g. `smtps://user:pass@mail.example:465`. Unset: mails are kept in the data directory
    #[arg(long, env = "ABONO_SMTP_URL", hide_env_values = true, value_parser = parse_secret)]
    pub smtp_url: Option<Secret>,

    /// Sender of our mails
    #[arg(long, env = "ABONO_MAIL_FROM", default_value = "Abono <abono@localhost>")]
    pub mail_from: String,

    /// What to log, in the syntax of `RUST_LOG`
    #[arg(long, env = "ABONO_LOG", default_value = "info,sqlx=warn,hyper=warn,reqwest=warn")]
    pub log: String,

    /// Log one JSON object per line instead of text
    #[arg(long, env = "ABONO_LOG_JSON", default_value_t = false, action = clap::ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    pub log_json: bool,
}

#[expect(clippy::unnecessary_wraps, reason = "the shape clap asks for")]
fn parse_secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

impl Config {
    /// Environment variables that hold secrets: programs that we start are not told them.
    pub fn secret_variables() -> Vec<OsString> {
        Self::augment_args(Command::new("abono"))
            .get_arguments()
            .filter(|arg| arg.is_hide_env_values_set())
            .filter_map(|arg| arg.get_env().map(Into::into))
            .collect()
    }

    /// The database to use instead of the embedded one. An empty setting is none.
    pub fn external_database(&self) -> Option<&Secret> {
        self.database_url.as_ref().filter(|url| !url.is_empty())
    }

    /// How the outside reaches us, without a slash at the end.
    pub fn public_url(&self) -> String {
        self.public_url.as_ref().map_or_else(
            || format!("http://{}", self.bind),
            |url| url.as_str().trim_end_matches('/').to_owned(),
        )
    }

    /// Whether cookies may demand https.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }
}
