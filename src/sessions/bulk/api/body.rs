//! What a bulk assignment is asked for with, and whether it makes sense.
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::MySqlConnection;

use crate::{
    accounts::Role,
    core::ids::{ShopId, WcId},
    sessions::{
        api::{Stop, Wrong},
        bulk::{
            domain::{AtLeast, Criteria, MOST_NAMED, Purchases, csv},
            people,
            service::From as People,
        },
        domain::Expiry,
        service::gifts::{MOST_PER_GRANT, NOTE_MOST},
    },
    shop,
    web::problem::{Kind, Problem},
};

/// Who is chosen. Everything that is said must hold; days are of the business zone, both ends included.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = BulkFilter)]
pub struct FilterDto {
    /// A role of the account (`customer`, `partner`, `institution_manager`, `distributor`, `technician`), or of the shop's user
    /// with `wp:` before it.
    #[schema(example = "wp:subscriber")]
    role: Option<String>,
    registered_from: Option<NaiveDate>,
    registered_to: Option<NaiveDate>,
    /// `yes` and `none` mean paid orders (processing or completed), narrowed by the four fields below.
    purchases: Purchases,
    /// With this product of the shop.
    #[schema(example = 486)]
    product_id: Option<u64>,
    /// The shop of `product_id`, by its slug. May be left out where there is one shop.
    shop: Option<String>,
    bought_from: Option<NaiveDate>,
    bought_to: Option<NaiveDate>,
    /// With `purchases: yes`: what those orders come to at least, less refunds.
    #[schema(value_type = Option<String>, example = "50.00")]
    min_amount: Option<Decimal>,
    /// The currency of `min_amount`.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// Whether they have sessions left.
    has_sessions: Option<bool>,
    /// Part of a name or of an address.
    text: Option<String>,
}

/// Sessions for many people at once. Name them by exactly one of `emails`, `wp_user_ids` and `filter`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkRunBody, example = json!({"emails": ["ana@example.test", "luz@example.test"], "quantity": 2, "category": "promo", "expires_in_days": 30, "note": "Campaña de otoño"}))]
pub struct RunBody {
    /// Up to 10,000 addresses.
    #[schema(max_items = 10000)]
    emails: Option<Vec<String>>,
    /// Up to 10,000 numbers of WordPress users.
    #[schema(max_items = 10000)]
    wp_user_ids: Option<Vec<u64>>,
    /// The shop of `wp_user_ids`, by its slug. May be left out where there is one shop.
    #[schema(example = "almendro")]
    shop: Option<String>,
    filter: Option<FilterDto>,
    /// Sessions for each person, 1 to 1000.
    #[schema(minimum = 1, maximum = 1000, example = 2)]
    pub(super) quantity: u32,
    /// The code of a category. Left out: the default one of the settings.
    #[schema(example = "promo")]
    pub(super) category: Option<String>,
    /// The last day on which they can be used. Excludes the two below.
    expires_on: Option<NaiveDate>,
    /// They last so many days after the day on which they are given, 1 to 3650.
    #[schema(minimum = 1, maximum = 3650)]
    expires_in_days: Option<u32>,
    /// They never expire. With none of the three they last as long as the category says.
    #[serde(default)]
    never_expires: bool,
    /// For the staff. At most 500 characters.
    pub(super) note: Option<String>,
    /// When to begin, in the future. Left out: now.
    #[schema(example = "2026-12-01T09:00:00Z")]
    pub(super) run_at: Option<DateTime<Utc>>,
    /// Also to those who have active sessions of the category.
    #[serde(default)]
    pub(super) give_again: bool,
    /// Only count: nothing is stored and nobody gets anything.
    #[serde(default)]
    pub(super) dry_run: bool,
}

impl RunBody {
    pub(super) fn check(&self) -> Result<Option<Expiry>, Problem> {
        let mut wrong = Wrong::default();
        wrong.unless((1..=MOST_PER_GRANT).contains(&self.quantity), "quantity", "session-quantity");
        wrong.most("note", self.note.as_ref(), NOTE_MOST);
        let sources = [self.emails.is_some(), self.wp_user_ids.is_some(), self.filter.is_some()];
        wrong.unless(sources.iter().filter(|said| **said).count() == 1, "filter", "bulk-one-source");
        let fits = |n: usize| (1..=MOST_NAMED).contains(&n);
        wrong.unless(self.emails.as_ref().is_none_or(|l| fits(l.len())), "emails", "bulk-named-range");
        wrong.unless(
            self.wp_user_ids.as_ref().is_none_or(|l| fits(l.len())),
            "wp_user_ids",
            "bulk-named-range",
        );
        let expiry = match (self.expires_on, self.expires_in_days, self.never_expires) {
            (None, None, false) => None,
            (Some(day), None, false) => Some(Expiry::On(day)),
            (None, Some(days), false) => Some(Expiry::Days(days)),
            (None, None, true) => Some(Expiry::Never),
            _ => {
                wrong.unless(false, "expires_on", "session-one-expiry");
                None
            }
        };
        if let Some(filter) = &self.filter {
            filter.check(&mut wrong);
        }
        wrong.check().map(|()| expiry)
    }

    pub(super) async fn people(&self, conn: &mut MySqlConnection) -> Result<People, Stop> {
        if let Some(filter) = &self.filter {
            return Ok(People::Filter(filter.criteria(conn).await?));
        }
        let list = |rows, shop| People::List { file_name: String::new(), rows, shop };
        if let Some(ids) = &self.wp_user_ids {
            let shop = shop_of(conn, self.shop.as_deref(), "shop").await?;
            let names: Vec<String> = ids.iter().map(u64::to_string).collect();
            return Ok(list(csv::list(names.iter().map(String::as_str), csv::Column::UserId), Some(shop)));
        }
        let emails = self.emails.iter().flatten().map(String::as_str);
        Ok(list(csv::list(emails, csv::Column::Email), None))
    }
}

/// The shop of a slug, or the only one.
async fn shop_of(
    conn: &mut MySqlConnection,
    slug: Option<&str>,
    field: &'static str,
) -> Result<ShopId, Stop> {
    let shops = shop::store::list(conn).await.map_err(Stop::Broken)?;
    let found = match (slug, shops.as_slice()) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(slug), all) => all.iter().find(|shop| shop.slug == slug),
    };
    let problem = || Stop::from(Problem::new(Kind::Invalid).field(field, "form-choose"));
    found.map(|shop| shop.id).ok_or_else(problem)
}

impl FilterDto {
    fn check(&self, wrong: &mut Wrong) {
        let orders = [
            self.product_id.is_some(),
            self.bought_from.is_some(),
            self.bought_to.is_some(),
            self.min_amount.is_some(),
        ];
        let is_about_orders = orders.contains(&true);
        wrong.unless(
            self.purchases != Purchases::Any || !is_about_orders,
            "filter.purchases",
            "bulk-purchases-say",
        );
        wrong.unless(
            self.min_amount.is_none() || self.purchases != Purchases::None,
            "filter.min_amount",
            "bulk-at-least-none",
        );
        let sound =
            |amount: Decimal| amount > Decimal::ZERO && amount < Decimal::from(1_000_000_000_000_000_i64);
        wrong.unless(
            self.min_amount.is_none_or(sound) && self.min_amount.is_some() == self.currency.is_some(),
            "filter.min_amount",
            "form-amount",
        );
        let known = |role: &str| role.starts_with(people::WP) || Role::parse(role).is_some();
        wrong.unless(self.role.as_deref().is_none_or(known), "filter.role", "form-choose");
    }

    async fn criteria(&self, conn: &mut MySqlConnection) -> Result<Criteria, Stop> {
        let product = match self.product_id {
            Some(id) => Some((shop_of(conn, self.shop.as_deref(), "filter.shop").await?, WcId(id))),
            None => None,
        };
        Ok(Criteria {
            role: self.role.clone(),
            registered_from: self.registered_from,
            registered_to: self.registered_to,
            purchases: self.purchases,
            product,
            bought_from: self.bought_from,
            bought_to: self.bought_to,
            at_least: self
                .min_amount
                .zip(self.currency.clone())
                .map(|(amount, currency)| AtLeast { amount, currency }),
            has_sessions: self.has_sessions,
            text: self.text.clone().unwrap_or_default(),
        })
    }
}
