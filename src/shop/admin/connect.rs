//! The form that connects a shop, and the one that changes its keys.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{error_key, path, url_key};
use crate::{
    app::App,
    auth::extract::Admin,
    core::{ids::ShopId, secret::Secret},
    inbox::connect::{self as connecting, NewConnection},
    shop::{
        error::ShopError,
        service::{self, BadKeys, Error},
        store::Shop,
    },
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::{Form, FormErrors},
        page::{page, page_with},
        problem::Problem,
    },
};

/// As typed. The secret is never shown again, so it is not among what a page gets.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ConnectForm {
    url: String,
    key: String,
    secret: String,
    name: String,
    default_products: String,
}

const LABELS: &[(&str, &str)] =
    &[("url", "shop-url"), ("key", "shop-key"), ("secret", "shop-secret"), ("name", "shop-name")];
/// Longest name.
const NAME: usize = 120;

/// What is wrong with the form as it stands, without asking anyone.
fn check(form: &ConnectForm) -> FormErrors {
    let mut errors = FormErrors::of(LABELS);
    if form.url.trim().is_empty() {
        errors.add("url", "shop-url-empty");
    }
    check_keys(&mut errors, &form.key, &form.secret);
    if form.name.trim().chars().count() > NAME {
        errors.add_with("name", "form-too-long", &[("max", "120")]);
    }
    errors
}

fn check_keys(errors: &mut FormErrors, key: &str, secret: &str) {
    match service::check_keys(key.trim(), secret.trim()) {
        Ok(()) => {}
        Err(BadKeys::Swapped) => errors.add("key", "shop-keys-swapped"),
        Err(BadKeys::Key) => {
            errors.add("key", "shop-key-wrong");
            if secret.trim().is_empty() {
                errors.add("secret", "shop-secret-wrong");
            }
        }
        Err(BadKeys::Secret) => errors.add("secret", "shop-secret-wrong"),
    }
}

/// Says what the shop answered, at the field that can put it right. What no field can is given back.
fn explain(errors: &mut FormErrors, error: Error) -> Result<(), Problem> {
    match error {
        Error::BadUrl(bad) => errors.add("url", url_key(bad)),
        Error::BadKeys(BadKeys::Key | BadKeys::Swapped) => errors.add("key", "shop-key-wrong"),
        Error::BadKeys(BadKeys::Secret) => errors.add("secret", "shop-secret-wrong"),
        Error::ReadOnly => errors.add("key", "shop-keys-read-only"),
        Error::Taken { .. } => errors.add("url", "shop-url-taken"),
        Error::Shop(ShopError::Redirected { to }) => {
            errors.add_with("url", "shop-url-redirected", &[("to", &to)]);
        }
        Error::Shop(error) => {
            let field = match error {
                ShopError::Unauthorized { .. } | ShopError::Forbidden { .. } => "key",
                _ => "url",
            };
            errors.add(field, error_key(error.code()));
        }
        other => return Err(other.into()),
    }
    Ok(())
}

#[derive(Debug, Template)]
#[template(path = "shop/admin_new.html")]
struct NewPage {
    cx: Cx,
    url: String,
    key: String,
    /// Not `name`: inside the form's parts that is the name of the field.
    called: String,
    default_products: bool,
    errors: FormErrors,
}

pub(super) async fn new(_staff: Admin, cx: Cx) -> Response {
    page(&NewPage {
        cx,
        url: String::new(),
        key: String::new(),
        called: String::new(),
        default_products: false,
        errors: FormErrors::of(LABELS),
    })
}

pub(super) async fn create(
    State(app): State<App>,
    Admin(staff): Admin,
    cx: Cx,
    Form(form): Form<ConnectForm>,
) -> Result<Response, Problem> {
    let mut errors = check(&form);
    let default_products = !form.default_products.is_empty();
    if errors.is_empty() {
        let wish = NewConnection {
            url: form.url.clone(),
            key: Secret::new(form.key.trim()),
            secret: Secret::new(form.secret.trim()),
            name: form.name.trim().to_owned(),
            default_products,
        };
        match connecting::connect(&app, &wish, &staff.actor()).await {
            Ok(id) => return Ok(redirect(&path(id), Some(Flash::ok("shop-connected")))),
            Err(error) => explain(&mut errors, error)?,
        }
    }
    let ConnectForm { url, key, name: called, .. } = form;
    let again = NewPage { cx, url, key, called, default_products, errors };
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &again))
}

#[derive(Debug, Template)]
#[template(path = "shop/admin_keys.html")]
struct KeysPage {
    cx: Cx,
    shop: Shop,
    key: String,
    errors: FormErrors,
}

pub(super) async fn keys_form(
    State(app): State<App>,
    _staff: Admin,
    cx: Cx,
    Path(id): Path<ShopId>,
) -> Result<Response, Problem> {
    let shop = service::load(&app, id).await?;
    Ok(page(&KeysPage { cx, shop, key: String::new(), errors: FormErrors::of(LABELS) }))
}

pub(super) async fn save_keys(
    State(app): State<App>,
    Admin(staff): Admin,
    cx: Cx,
    Path(id): Path<ShopId>,
    Form(form): Form<ConnectForm>,
) -> Result<Response, Problem> {
    let shop = service::load(&app, id).await?;
    let mut errors = FormErrors::of(LABELS);
    check_keys(&mut errors, &form.key, &form.secret);
    if errors.is_empty() {
        let (key, secret) = (Secret::new(form.key.trim()), Secret::new(form.secret.trim()));
        match connecting::change_keys(&app, id, &key, &secret, &staff.actor()).await {
            Ok(()) => {
                return Ok(redirect(
                    &path(id),
                    Some(Flash::ok("shop-keys-changed").arg("last", key.last4())),
                ));
            }
            Err(error) => explain(&mut errors, error)?,
        }
    }
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &KeysPage { cx, shop, key: form.key, errors }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(errors: &FormErrors) -> Vec<(&'static str, &'static str)> {
        errors.iter().map(|e| (e.field, e.key)).collect()
    }

    #[test]
    fn an_empty_form_says_all_it_needs_at_once() {
        let errors = check(&ConnectForm::default());
        let expected =
            [("url", "shop-url-empty"), ("key", "shop-key-wrong"), ("secret", "shop-secret-wrong")];
        assert_eq!(fields(&errors), expected);
    }

    #[test]
    fn spaces_around_a_pasted_key_do_no_harm() {
        let form = ConnectForm {
            url: "shop.example".to_owned(),
            key: " ck_1\n".to_owned(),
            secret: " cs_1 ".to_owned(),
            name: "x".repeat(NAME),
            default_products: String::new(),
        };
        assert!(check(&form).is_empty());
        let form = ConnectForm { name: "x".repeat(NAME + 1), ..form };
        assert_eq!(fields(&check(&form)), [("name", "form-too-long")]);
    }

    #[test]
    fn each_answer_of_a_shop_is_told_at_the_field_that_can_put_it_right() {
        let told = |error| {
            let mut errors = FormErrors::of(LABELS);
            explain(&mut errors, error).unwrap();
            fields(&errors)
        };
        let refused = ShopError::Unauthorized { code: String::new(), message: String::new() };
        assert_eq!(told(refused.into()), [("key", "shop-error-unauthorized")]);
        assert_eq!(told(Error::ReadOnly), [("key", "shop-keys-read-only")]);
        assert_eq!(told(ShopError::Tls.into()), [("url", "shop-error-tls")]);
        let elsewhere = ShopError::Redirected { to: "https://www.shop.example".to_owned() };
        assert_eq!(told(elsewhere.into()), [("url", "shop-url-redirected")]);
        assert!(explain(&mut FormErrors::of(LABELS), Error::NotFound).is_err());
    }
}
