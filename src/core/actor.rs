//! Who did something: stands in every ledger row and every audit row.
use super::ids::{AccountId, ApiKeyId, ShopId, StaffId};

/// Who is behind a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Someone in the back office.
    Staff { id: StaffId, name: String },
    /// An app, by its API key.
    App { key: ApiKeyId, name: String },
    /// The person themself.
    Customer { account: AccountId },
    /// A shop, through a webhook or a sync.
    Shop { id: ShopId, name: String },
    /// Abono itself: the name of the job or command.
    System { name: &'static str },
}

impl Actor {
    /// Who made something, of the words in the columns: someone of the staff or an app, else Abono itself as `system`.
    pub fn written(kind: &str, id: &str, name: &str, system: &'static str) -> Self {
        match (kind, id.parse::<u64>()) {
            ("staff", Ok(id)) => Self::Staff { id: StaffId(id), name: name.to_owned() },
            ("app", Ok(id)) => Self::App { key: ApiKeyId(id), name: name.to_owned() },
            _ => Self::System { name: system },
        }
    }

    /// The word in the `actor_kind` column.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Staff { .. } => "staff",
            Self::App { .. } => "app",
            Self::Customer { .. } => "customer",
            Self::Shop { .. } => "shop",
            Self::System { .. } => "system",
        }
    }

    /// The text in the `actor_id` column.
    pub fn id(&self) -> String {
        match self {
            Self::Staff { id, .. } => id.to_string(),
            Self::App { key, .. } => key.to_string(),
            Self::Customer { account } => account.to_string(),
            Self::Shop { id, .. } => id.to_string(),
            Self::System { name } => (*name).to_owned(),
        }
    }

    /// The name people know them by, for the `actor_name` column. At most 120 characters.
    pub fn name(&self) -> String {
        let name = match self {
            Self::Staff { name, .. } | Self::App { name, .. } | Self::Shop { name, .. } => name.as_str(),
            Self::Customer { .. } => "",
            Self::System { name } => name,
        };
        name.chars().take(120).collect()
    }
}
