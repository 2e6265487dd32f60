//! Numbers that mean different things get different types.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, sqlx::Type, utoipa::ToSchema)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub u64);
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> { s.parse().map(Self) }
        }
    )*};
}
id! {
    /// A person, as we know them.
    AccountId,
    /// Someone who works in the back office.
    StaffId,
    /// A signed-in browser.
    LoginId,
    /// A machine's key.
    ApiKeyId,
    /// A connected store.
    ShopId,
    /// A webhook delivery we acknowledged.
    DeliveryId,
    /// A piece of background work.
    JobId,
    /// An e-mail of ours.
    MailId,
    /// Sessions given to a person at once.
    GrantId,
    /// A category of free sessions.
    CategoryId,
    /// A bulk assignment.
    BulkRunId,
    /// The right to use a feature, by credits or until a day.
    LicenceId,
    /// A key of a licence, for an app.
    LicenceKeyId,
    /// Licences read from a file.
    LicenceImportId,
    /// A row of a ledger.
    EntryId,
    /// A row of the audit trail.
    AuditId,
    /// The shop's number of anything: order, product, customer, coupon, refund.
    WcId,
}
