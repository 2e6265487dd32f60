//! Licences for the demo: every plan, every way one can stand, and some that the shop sold.
use anyhow::Context as _;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::{
    accounts,
    app::App,
    core::{
        actor::Actor,
        calendar,
        email::Email,
        feature::FeatureCode,
        ids::{AccountId, LicenceId, ShopId, WcId},
    },
    demo::{
        sample::{CATALOGUES, CATALOGUES_MONTH},
        shop::{DemoShop, OrderSpec, OrderStatus},
    },
    entitlements::{
        domain::Ask,
        source::{Moment, Purpose, Source, Use},
    },
    licences::{
        domain::{
            Act, New, Plan, Tier,
            orders::{Unit, Worth},
            terms::{Renewal, Span},
        },
        pays::Licences,
        products,
        service::{self, Context, Wish},
        settings::LicenceSettings,
        store::{self, Entry},
    },
};

const ACTOR: Actor = Actor::System { name: "demo" };
/// Who buys 25 catalogues, twice; a month for the first time; and a month more.
const BUYS_CREDITS: &str = "bea@example.test";
const BUYS_MONTH: &str = "inigo@example.test";
const RENEWS: &str = "ana@example.test";
const WHY: [&str; 3] = ["Catálogo de otoño", "Catálogo de novedades", "Tarifa para distribuidores"];

/// What is asked of everything here.
struct Desk<'a> {
    app: &'a App,
    feature: FeatureCode,
    now: DateTime<Utc>,
}

/// Gives licences to the first of `people`, so that every state can be seen.
pub(super) async fn give_some(app: &App, people: &[AccountId]) -> anyhow::Result<()> {
    let feature = FeatureCode::parse("catalogue").context("a feature of the brief")?;
    let desk = Desk { app, feature, now: app.clock.now() };
    let today = calendar::day_of(desk.now, app.config.timezone);
    let in_days = |days: u64| today.checked_add_days(Days::new(days));
    if let Some(first) = people.first() {
        let at = desk.now - TimeDelta::days(70);
        desk.give(*first, Plan::FREE_DATE, 0, None, at).await?;
    }
    let plans = [
        (Plan::FREE_QUANTITY, 5, None, 20),
        (Plan::PAID_DATE, 0, in_days(80), 40),
        (Plan::FREE_DATE, 0, None, 33),
        (Plan::PAID_QUANTITY, 3, None, 12),
        (Plan::PAID_DATE, 0, in_days(5), 25),
        (Plan::FREE_DATE, 0, None, 9),
        (Plan::PAID_QUANTITY, 50, None, 28),
        (Plan::FREE_QUANTITY, 5, None, 6),
    ];
    for (n, (account, (plan, credits, day, ago))) in people.iter().zip(plans).enumerate() {
        let at = desk.now - TimeDelta::days(ago) - TimeDelta::minutes(i64::try_from(n * 31)?);
        let id = desk.give(*account, plan, credits, day, at).await?;
        let uses = [2, 3, 1, 3, 4, 0, 17, 1][n];
        for use_ in 0..uses {
            let day = at + TimeDelta::hours(19 * (use_ + 1));
            desk.spend(*account, usize::try_from(use_)?, day.min(desk.now)).await?;
        }
        if n == 7 {
            desk.change(id, &Wish::Block, "Dos personas usan la misma cuenta").await?;
        }
        if n == 6 {
            desk.change(id, &Wish::Credits(25), "Renovación del contrato 2026/114").await?;
        }
    }
    if let Some(ninth) = people.get(8) {
        desk.give_undated(*ninth).await?;
    }
    let new = LicenceSettings { whatsapp: "34600112233".to_owned(), ..LicenceSettings::default() };
    crate::licences::settings::save(app, &new, &ACTOR).await?;
    Ok(())
}

/// Says what the shop's two products for catalogues give.
pub(super) async fn map_products(app: &App, shop: ShopId) -> anyhow::Result<()> {
    let feature = FeatureCode::parse("catalogue").context("a feature of the brief")?;
    let month = Unit::Span { span: Span { months: 1, days: 0 }, renewal: Renewal::FromNowIfExpired };
    for (product, unit) in [(CATALOGUES, Unit::Credits(25)), (CATALOGUES_MONTH, month)] {
        let worth = Worth { feature: feature.clone(), tier: Tier::Paid, unit };
        products::save(app, (shop, WcId(product), WcId(0)), Some(&worth), &ACTOR).await?;
    }
    Ok(())
}

/// Orders of the last days for them. The shop tells of each as it would of any.
pub(super) fn place_orders(app: &App, demo: &DemoShop) -> anyhow::Result<()> {
    let now = app.clock.now();
    for (email, product, units, days_ago) in [
        (BUYS_MONTH, CATALOGUES_MONTH, 1, 6),
        (BUYS_CREDITS, CATALOGUES, 2, 4),
        (RENEWS, CATALOGUES_MONTH, 1, 2),
    ] {
        let customer = demo.customer_of(email).context("a customer of the shop")?;
        let order = OrderSpec::by(customer).line(product, units).status(OrderStatus::Completed);
        demo.place_order(order.at(now - TimeDelta::days(days_ago)))?;
    }
    Ok(())
}

/// Uses some of what was bought.
pub(super) async fn use_some(app: &App) -> anyhow::Result<()> {
    let feature = FeatureCode::parse("catalogue").context("a feature of the brief")?;
    let desk = Desk { app, feature, now: app.clock.now() };
    for (email, uses) in [(BUYS_CREDITS, 3), (BUYS_MONTH, 2)] {
        let email = Email::parse(email)?;
        let account = accounts::store::by_email(&mut *app.db.conn().await?, &email).await?;
        let account = account.context("whoever bought has an account")?;
        for use_ in 0..uses {
            let at = desk.now - TimeDelta::hours(19 * i64::try_from(uses - use_)?);
            desk.spend(account, use_, at).await?;
        }
    }
    Ok(())
}

impl Desk<'_> {
    fn context(&self, now: DateTime<Utc>) -> Context<'static> {
        Context { actor: &ACTOR, now, zone: self.app.config.timezone, request_id: None }
    }

    async fn give(
        &self,
        account: AccountId,
        plan: Plan,
        credits: u32,
        expires_on: Option<NaiveDate>,
        at: DateTime<Utc>,
    ) -> anyhow::Result<LicenceId> {
        let new =
            New { account, feature: self.feature.clone(), plan, credits, expires_on, note: String::new() };
        let (new, context) = (&new, &self.context(at));
        let licence = self
            .app
            .db
            .transact(|mut tx| async move {
                let licence = service::give(&mut tx, new.clone(), "", context).await?;
                Ok::<_, service::Error>(tx.done(licence).await?)
            })
            .await?;
        Ok(licence.id)
    }

    async fn change(&self, id: LicenceId, wish: &Wish, reason: &str) -> anyhow::Result<()> {
        let context = &self.context(self.now);
        self.app
            .db
            .transact(|mut tx| async move {
                service::change(&mut tx, id, None, wish, reason, context).await?;
                Ok::<_, service::Error>(tx.done(()).await?)
            })
            .await?;
        Ok(())
    }

    /// A use, if anything pays for it.
    async fn spend(&self, account: AccountId, n: usize, at: DateTime<Utc>) -> anyhow::Result<()> {
        let moment = Moment { now: at, zone: self.app.config.timezone };
        let ask = &Ask { account, feature: self.feature.clone(), amount: 1, licence: None };
        let what = &Use {
            operation: uuid::Uuid::from_bytes(crate::crypto::random_bytes()).to_string(),
            reason: WHY[n % WHY.len()].to_owned(),
            actor: ACTOR,
            request_id: None,
        };
        self.app
            .db
            .transact(|mut tx| async move {
                accounts::lock(&mut tx, account).await?;
                let mut held = Licences.load(&mut tx, &[account], moment, Purpose::Spend).await?;
                if let Ok(offer) = held.offer(ask) {
                    held.take(ask, &offer, what.clone());
                    held.save(&mut tx).await?;
                }
                Ok::<_, service::Error>(tx.done(()).await?)
            })
            .await?;
        Ok(())
    }

    /// One by date that lacks its date, as an older system may hand it over. The forms refuse to make one.
    async fn give_undated(&self, account: AccountId) -> anyhow::Result<()> {
        let (now, feature) = (self.now, &self.feature);
        self.app
            .db
            .transact(|mut tx| async move {
                accounts::lock(&mut tx, account).await?;
                let note = "Pasó de la hoja de cálculo sin fecha".to_owned();
                let expires_on = None;
                let new = New {
                    account,
                    feature: feature.clone(),
                    plan: Plan::FREE_QUANTITY,
                    credits: 0,
                    expires_on,
                    note,
                };
                let today = calendar::day_of(now, self.app.config.timezone);
                let mut licence = new.make(0, today, now)?.after;
                licence.plan = Plan::PAID_DATE;
                licence.id = store::insert(&mut tx, &licence, &ACTOR).await?;
                let operation = uuid::Uuid::from_bytes(crate::crypto::random_bytes()).to_string();
                let entry = Entry::new(&licence, &operation, (Act::Create, 0, 0), &ACTOR, now);
                store::append(&mut tx, &entry).await?;
                Ok::<_, service::Error>(tx.done(()).await?)
            })
            .await?;
        Ok(())
    }
}
