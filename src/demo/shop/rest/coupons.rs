//! `/coupons`: codes in lower case, and expiry in the site's own time.
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use super::{
    Call, Reply,
    body::Fields,
    orders::{Dates, ORDERBY, Picked, sort},
};
use crate::demo::shop::{
    catalogue::amount,
    from_local,
    query::{Refused, Window},
    state::{Coupon, next},
};

const KINDS: [&str; 3] = ["percent", "fixed_cart", "fixed_product"];

impl Call<'_> {
    pub(super) fn coupons(&self) -> Result<Reply, Refused> {
        let query = &self.query;
        let window = Window::of(query, true)?;
        let by = query.one_of("orderby", &ORDERBY)?.unwrap_or("date");
        let (dates, picked) = (Dates::of(self)?, Picked::of(query));
        let code = query.get("code").filter(|code| !code.is_empty()).map(str::to_lowercase);
        let search = query.get("search").unwrap_or_default().to_lowercase();
        self.read(|face| {
            let mut rows: Vec<&Coupon> = face
                .state
                .coupons
                .values()
                .filter(|coupon| code.as_ref().is_none_or(|code| coupon.code == *code))
                .filter(|coupon| coupon.code.contains(&search))
                .filter(|coupon| picked.hold(coupon.id) && dates.hold(coupon.created, coupon.modified))
                .collect();
            sort(&mut rows, by, window, false, &picked, |coupon| {
                (coupon.id, coupon.created, coupon.modified)
            });
            self.slice_in(&face, &rows, "coupons", |coupon| face.coupon(coupon))
        })
    }

    pub(super) fn coupon(&self, id: u64) -> Result<Reply, Refused> {
        self.read(|face| {
            let coupon = face.state.coupons.get(&id).ok_or_else(|| unknown(404))?;
            Ok(Reply::one(face.coupon(coupon)))
        })
    }

    pub(super) fn create_coupon(&self) -> Result<Reply, Refused> {
        let code = self
            .fields
            .text("code")
            .filter(|code| !code.trim().is_empty())
            .ok_or_else(|| Refused::missing(&["code"]))?;
        let now = self.shop.now();
        let mut guard = self.shop.lock();
        let state = &mut *guard;
        if state.coupon_by_code(code.trim()).is_some() {
            return Err(taken());
        }
        let mut coupon = Coupon::new(0, code.trim(), now);
        write(&self.fields, &mut coupon, self.shop.config.timezone)?;
        coupon.id = next(&mut state.ids.post);
        self.fields.write_meta(&mut state.ids.meta, &mut coupon.meta, true);
        let id = coupon.id;
        state.coupons.insert(id, coupon);
        state.fire("coupon.created", id);
        let face = self.shop.face(state);
        let coupon = state.coupons.get(&id).ok_or_else(|| unknown(404))?;
        Ok(Reply::created(face.coupon(coupon), face.href(&format!("coupons/{id}"))))
    }

    pub(super) fn update_coupon(&self, id: u64) -> Result<Reply, Refused> {
        let now = self.shop.now();
        let mut guard = self.shop.lock();
        let state = &mut *guard;
        let code = self.fields.text("code").map(|code| code.trim().to_lowercase());
        let clash =
            code.as_ref().and_then(|code| state.coupon_by_code(code)).is_some_and(|found| found.id != id);
        if clash {
            return Err(taken());
        }
        let coupon = state.coupons.get_mut(&id).ok_or_else(|| unknown(400))?;
        write(&self.fields, coupon, self.shop.config.timezone)?;
        if let Some(code) = code.filter(|code| !code.is_empty()) {
            coupon.code = code;
        }
        self.fields.write_meta(&mut state.ids.meta, &mut coupon.meta, true);
        coupon.modified = now;
        state.fire("coupon.updated", id);
        let coupon = state.coupons.get(&id).ok_or_else(|| unknown(404))?;
        Ok(Reply::one(self.shop.face(state).coupon(coupon)))
    }

    /// To the trash, which tells `coupon.deleted` and, a coupon being a post, `product.deleted`; `force=true` tells nobody.
    pub(super) fn delete_coupon(&self, id: u64) -> Result<Reply, Refused> {
        let before = self.coupon(id)?;
        let mut state = self.shop.lock();
        state.coupons.remove(&id);
        if !self.query.flag("force") {
            state.fire("product.deleted", id);
            state.fire("coupon.deleted", id);
        }
        Ok(before)
    }
}

/// Takes what was sent. `date_expires_gmt` is not among it: the store ignores it on the way in.
fn write(fields: &Fields, coupon: &mut Coupon, zone: Tz) -> Result<(), Refused> {
    if let Some(kind) = fields.text("discount_type") {
        if !KINDS.contains(&kind.as_str()) {
            return Err(Refused::not_one_of("discount_type", "discount_type", &KINDS));
        }
        coupon.kind = kind;
    }
    if let Some(text) = fields.text("amount") {
        coupon.amount = amount(&text);
    }
    if let Some(text) = fields.text("description") {
        coupon.description = text;
    }
    if let Some(text) = fields.text("date_expires") {
        coupon.expires = (!text.is_empty()).then(|| expiry(&text, zone));
    }
    if let Some(yes) = fields.flag("individual_use") {
        coupon.individual_use = yes;
    }
    if let Some(yes) = fields.flag("free_shipping") {
        coupon.free_shipping = yes;
    }
    if let Some(ids) = fields.texts("product_ids") {
        coupon.product_ids = ids.iter().filter_map(|id| id.parse().ok()).collect();
    }
    if fields.has("usage_limit") {
        coupon.usage_limit = fields.number("usage_limit").filter(|limit| *limit > 0);
    }
    if fields.has("usage_limit_per_user") {
        coupon.usage_limit_per_user = fields.number("usage_limit_per_user").filter(|limit| *limit > 0);
    }
    if let Some(text) = fields.text("minimum_amount") {
        coupon.minimum = amount(&text);
    }
    if let Some(text) = fields.text("maximum_amount") {
        coupon.maximum = amount(&text);
    }
    if let Some(emails) = fields.texts("email_restrictions") {
        coupon.emails = emails;
    }
    Ok(())
}

/// Reads an expiry in the site's time; a bare date is the *start* of that day, and nonsense is the year 1970.
fn expiry(text: &str, zone: Tz) -> DateTime<Utc> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return at.to_utc();
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| day.and_time(NaiveTime::MIN));
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S"))
        .or(day);
    from_local(zone, local.unwrap_or_default())
}

fn taken() -> Refused {
    Refused::new(400, "woocommerce_rest_coupon_code_already_exists", "The coupon code already exists")
}

fn unknown(status: u16) -> Refused {
    Refused::new(status, "woocommerce_rest_shop_coupon_invalid_id", "Invalid ID.")
}
