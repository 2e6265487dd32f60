//! Products, variations, customers, coupons and webhooks in the words of REST v3.
use super::{
    hooks::Webhook,
    json::{Json, list, object},
    shape::{Face, gmt, metas, money, symbol},
    state::{Address, Coupon, Customer, Product, Variation},
};
use crate::{core::money as amounts, crypto};

impl Face<'_> {
    pub(super) fn product(&self, product: &Product) -> Json {
        let path = format!("products/{}", product.id);
        let variable = !product.variations.is_empty();
        let options = Json::List(product.variations.iter().map(|v| Json::from(&v.option)).collect());
        let attributes = if variable {
            list![object! {
                "id" => 0, "name" => "Modalidad", "slug" => "Modalidad", "position" => 0, "visible" => true,
                "variation" => true, "options" => options,
            }]
        } else {
            list![]
        };
        let price = product
            .variations
            .iter()
            .map(|v| &v.price)
            .min_by_key(|price| amounts::parse(price).unwrap_or_default());
        let shown = price.unwrap_or(&product.price);
        object! {
            "id" => product.id, "name" => &product.name, "slug" => slug(&product.name),
            "permalink" => format!("{}/product/{}/", self.state.url, slug(&product.name)),
            "date_created" => self.local(product.created), "date_created_gmt" => gmt(product.created),
            "date_modified" => self.local(product.modified), "date_modified_gmt" => gmt(product.modified),
            "type" => if variable { "variable" } else { "simple" }, "status" => if product.trashed { "trash" } else { "publish" }, "featured" => false,
            "catalog_visibility" => "visible", "description" => "", "short_description" => "", "sku" => &product.sku,
            "price" => shown, "regular_price" => if variable { "" } else { product.price.as_str() }, "sale_price" => "",
            "date_on_sale_from" => Json::Null, "date_on_sale_from_gmt" => Json::Null,
            "date_on_sale_to" => Json::Null, "date_on_sale_to_gmt" => Json::Null,
            "on_sale" => false, "purchasable" => true, "total_sales" => product.sold, "virtual" => product.is_virtual,
            "downloadable" => false, "downloads" => list![], "download_limit" => -1, "download_expiry" => -1,
            "external_url" => "", "button_text" => "", "tax_status" => "taxable", "tax_class" => "",
            "manage_stock" => false, "stock_quantity" => Json::Null, "backorders" => "no",
            "backorders_allowed" => false, "backordered" => false, "low_stock_amount" => Json::Null,
            "sold_individually" => false, "weight" => "",
            "dimensions" => object! { "length" => "", "width" => "", "height" => "" },
            "shipping_required" => !product.is_virtual, "shipping_taxable" => !product.is_virtual,
            "shipping_class" => "", "shipping_class_id" => 0, "reviews_allowed" => true,
            "average_rating" => "0.00", "rating_count" => 0, "upsell_ids" => list![], "cross_sell_ids" => list![],
            "parent_id" => 0, "purchase_note" => "",
            "categories" => list![object! { "id" => 15, "name" => "Uncategorized", "slug" => "uncategorized" }],
            "brands" => list![], "tags" => list![], "images" => list![], "attributes" => attributes,
            "default_attributes" => list![],
            "variations" => Json::List(
                product.variations.iter().filter(|_| !product.trashed).map(|v| v.id.into()).collect(),
            ),
            "grouped_products" => list![], "menu_order" => 0, "price_html" => self.price_html(shown),
            "related_ids" => list![], "meta_data" => metas(&product.meta), "stock_status" => "instock",
            "has_options" => variable, "post_password" => "", "global_unique_id" => "",
            "_links" => self.links(&path, "products", &Self::ALL_VERBS),
        }
    }

    fn price_html(&self, price: &str) -> String {
        let number = money(amounts::parse(price).unwrap_or_default());
        let entity = match symbol(self.currency) {
            "€" => "&euro;",
            "$" => "&#36;",
            "£" => "&pound;",
            other => other,
        };
        let symbol =
            format!("<span class=\"woocommerce-Price-currencySymbol\" translate=\"no\">{entity}</span>");
        let inner = if self.currency == "EUR" {
            format!("{}&nbsp;{symbol}", number.replace('.', ","))
        } else {
            format!("{symbol}{number}")
        };
        format!("<span class=\"woocommerce-Price-amount amount\"><bdi>{inner}</bdi></span>")
    }

    pub(super) fn variation(&self, product: &Product, variation: &Variation) -> Json {
        let parent = format!("products/{}", product.id);
        let collection = format!("{parent}/variations");
        let path = format!("{collection}/{}", variation.id);
        let links = self
            .links(&path, &collection, &Self::ALL_VERBS)
            .with("up", list![object! { "href" => self.href(&parent) }]);
        object! {
            "id" => variation.id, "type" => "variation",
            "date_created" => self.local(variation.created), "date_created_gmt" => gmt(variation.created),
            "date_modified" => self.local(variation.created), "date_modified_gmt" => gmt(variation.created),
            "description" => "",
            "permalink" => format!(
                "{}/product/{}/?attribute_modalidad={}", self.state.url, slug(&product.name), variation.option),
            "sku" => "", "global_unique_id" => "", "price" => &variation.price, "regular_price" => &variation.price,
            "sale_price" => "", "date_on_sale_from" => Json::Null, "date_on_sale_from_gmt" => Json::Null,
            "date_on_sale_to" => Json::Null, "date_on_sale_to_gmt" => Json::Null, "on_sale" => false,
            "status" => "publish", "purchasable" => true, "virtual" => product.is_virtual, "downloadable" => false,
            "downloads" => list![], "download_limit" => -1, "download_expiry" => -1, "tax_status" => "taxable",
            "tax_class" => "", "manage_stock" => false, "stock_quantity" => Json::Null, "stock_status" => "instock",
            "backorders" => "no", "backorders_allowed" => false, "backordered" => false,
            "low_stock_amount" => Json::Null, "weight" => "",
            "dimensions" => object! { "length" => "", "width" => "", "height" => "" },
            "shipping_class" => "", "shipping_class_id" => 0, "image" => Json::Null, "gallery_image_ids" => list![],
            "attributes" => list![object! {
                "id" => 0, "name" => "Modalidad", "slug" => "modalidad", "option" => &variation.option }],
            "menu_order" => 0, "meta_data" => metas(&variation.meta), "name" => &variation.option,
            "parent_id" => product.id, "_links" => links,
        }
    }

    pub(super) fn customer(&self, customer: &Customer) -> Json {
        let path = format!("customers/{}", customer.id);
        // The store will not let a key delete those who run it.
        let verbs =
            if customer.role == "administrator" { &Self::ALL_VERBS[..4] } else { &Self::ALL_VERBS[..] };
        let avatar = hex::encode(crypto::sha256(customer.email.trim().to_lowercase().as_bytes()));
        object! {
            "id" => customer.id,
            "date_created" => self.local(customer.created), "date_created_gmt" => gmt(customer.created),
            "date_modified" => customer.modified.map(|at| self.local(at)), "date_modified_gmt" => customer.modified.map(gmt),
            "email" => &customer.email, "first_name" => &customer.first_name, "last_name" => &customer.last_name,
            "role" => &customer.role, "username" => &customer.username,
            "billing" => address(&customer.billing, true), "shipping" => address(&customer.shipping, false),
            "is_paying_customer" => customer.paying,
            "avatar_url" => format!("https://secure.gravatar.com/avatar/{avatar}?s=96&d=mm&r=g"),
            "meta_data" => metas(&customer.meta), "_links" => self.links(&path, "customers", verbs),
        }
    }

    pub(super) fn coupon(&self, coupon: &Coupon) -> Json {
        let path = format!("coupons/{}", coupon.id);
        let texts = |texts: &[String]| Json::List(texts.iter().map(Json::from).collect());
        object! {
            "id" => coupon.id, "code" => &coupon.code, "amount" => money(coupon.amount), "status" => "publish",
            "date_created" => self.local(coupon.created), "date_created_gmt" => gmt(coupon.created),
            "date_modified" => self.local(coupon.modified), "date_modified_gmt" => gmt(coupon.modified),
            "discount_type" => &coupon.kind, "description" => &coupon.description,
            "date_expires" => coupon.expires.map(|at| self.local(at)), "date_expires_gmt" => coupon.expires.map(gmt),
            "usage_count" => coupon.used_by.len(), "individual_use" => coupon.individual_use,
            "product_ids" => coupon.product_ids.clone(), "excluded_product_ids" => list![],
            "usage_limit" => coupon.usage_limit, "usage_limit_per_user" => coupon.usage_limit_per_user,
            "limit_usage_to_x_items" => Json::Null, "free_shipping" => coupon.free_shipping,
            "product_categories" => list![], "excluded_product_categories" => list![], "exclude_sale_items" => false,
            "minimum_amount" => money(coupon.minimum), "maximum_amount" => money(coupon.maximum),
            "email_restrictions" => texts(&coupon.emails), "used_by" => texts(&coupon.used_by),
            "meta_data" => metas(&coupon.meta), "_links" => self.links(&path, "coupons", &Self::ALL_VERBS),
        }
    }

    pub(super) fn webhook(&self, webhook: &Webhook) -> Json {
        let path = format!("webhooks/{}", webhook.id);
        let (resource, event) = webhook.topic.split_once('.').unwrap_or_default();
        object! {
            "id" => webhook.id, "name" => &webhook.name, "status" => webhook.status.as_str(), "topic" => &webhook.topic,
            "resource" => resource, "event" => event,
            "hooks" => Json::List(hooks_of(&webhook.topic).iter().map(|hook| Json::from(*hook)).collect()),
            "delivery_url" => &webhook.delivery_url,
            "date_created" => self.local(webhook.created), "date_created_gmt" => gmt(webhook.created),
            "date_modified" => webhook.modified.map(|at| self.local(at)), "date_modified_gmt" => webhook.modified.map(gmt),
            "_links" => self.links(&path, "webhooks", &Self::ALL_VERBS),
        }
    }
}

/// A customer's address: the same fields as an order's, in another order.
fn address(address: &Address, with_email: bool) -> Json {
    let json = object! {
        "first_name" => &address.first_name, "last_name" => &address.last_name, "company" => &address.company,
        "address_1" => &address.address_1, "address_2" => &address.address_2, "city" => &address.city,
        "postcode" => &address.postcode, "country" => &address.country, "state" => &address.state,
    };
    let json = if with_email { json.with("email", &address.email) } else { json };
    json.with("phone", &address.phone)
}

/// A name as it stands in an address: lower case, ASCII letters, digits and dashes.
pub(super) fn slug(name: &str) -> String {
    let name = name.to_lowercase();
    let plain = name.chars().map(|c| match c {
        'á' | 'à' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    });
    let dashed: String = plain.collect();
    let parts: Vec<&str> = dashed.split('-').filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

/// Every topic there is, with the inner hooks that fire it.
const TOPICS: [(&str, &[&str]); 15] = [
    ("coupon.created", &["woocommerce_process_shop_coupon_meta", "woocommerce_new_coupon"]),
    ("coupon.updated", &["woocommerce_process_shop_coupon_meta", "woocommerce_update_coupon"]),
    ("coupon.deleted", &["wp_trash_post"]),
    ("coupon.restored", &["untrashed_post"]),
    ("customer.created", &["user_register", "woocommerce_created_customer", "woocommerce_new_customer"]),
    ("customer.updated", &["profile_update", "woocommerce_update_customer"]),
    ("customer.deleted", &["delete_user"]),
    ("order.created", &["woocommerce_new_order"]),
    ("order.updated", &["woocommerce_update_order", "woocommerce_order_refunded"]),
    ("order.deleted", &["wp_trash_post", "woocommerce_trash_order"]),
    ("order.restored", &["untrashed_post", "woocommerce_untrash_order"]),
    (
        "product.created",
        &["woocommerce_process_product_meta", "woocommerce_new_product", "woocommerce_new_product_variation"],
    ),
    (
        "product.updated",
        &[
            "woocommerce_process_product_meta",
            "woocommerce_update_product",
            "woocommerce_update_product_variation",
        ],
    ),
    ("product.deleted", &["wp_trash_post"]),
    ("product.restored", &["untrashed_post"]),
];

fn hooks_of(topic: &str) -> &'static [&'static str] {
    TOPICS.iter().find(|(known, _)| *known == topic).map_or(&[], |(_, hooks)| hooks)
}

pub(super) fn is_topic(topic: &str) -> bool {
    TOPICS.iter().any(|(known, _)| *known == topic)
}
