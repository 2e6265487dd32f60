//! `/products` and their variations: read only.
use super::{
    Call, LIST, Reply,
    orders::{Dates, Picked, sort},
};
use crate::demo::shop::{
    catalogue::amount,
    query::{Refused, Window},
    shapes_catalogue::slug,
    state::Product,
};

const STATUSES: [&str; 7] = ["any", "future", "trash", "draft", "pending", "private", "publish"];
const ORDERBY: [&str; 9] =
    ["date", "id", "include", "title", "slug", "modified", "price", "popularity", "menu_order"];

impl Call<'_> {
    pub(super) fn products(&self) -> Result<Reply, Refused> {
        let query = &self.query;
        let window = Window::of(query, true)?;
        let by = query.one_of("orderby", &ORDERBY)?.unwrap_or("date");
        let status = query.one_of("status", &STATUSES)?.unwrap_or("any");
        let (dates, picked) = (Dates::of(self)?, Picked::of(query));
        let search = query.get("search").unwrap_or_default().to_lowercase();
        let (sku, wanted_slug, kind) = (query.get("sku"), query.get("slug"), query.get("type"));
        self.read(|face| {
            let mut rows: Vec<&Product> = face
                .state
                .products
                .values()
                .filter(
                    |product| {
                        if product.trashed { status == "trash" } else { matches!(status, "any" | "publish") }
                    },
                )
                .filter(|product| picked.hold(product.id) && dates.hold(product.created, product.modified))
                .filter(|product| sku.is_none_or(|sku| product.sku == sku))
                .filter(|product| wanted_slug.is_none_or(|wanted| slug(&product.name) == wanted))
                .filter(|product| {
                    kind.is_none_or(|kind| (kind == "variable") != product.variations.is_empty())
                })
                .filter(|product| {
                    product.name.to_lowercase().contains(&search)
                        || product.sku.to_lowercase().contains(&search)
                })
                .collect();
            sort(&mut rows, by, window, false, &picked, |product| {
                (product.id, product.created, product.modified)
            });
            match by {
                "title" | "slug" => rows.sort_by_key(|product| slug(&product.name)),
                "price" => rows.sort_by_key(|product| amount(&product.price)),
                "popularity" => rows.sort_by_key(|product| product.sold),
                _ => {}
            }
            if matches!(by, "title" | "slug" | "price" | "popularity") && window.descending {
                rows.reverse();
            }
            self.slice_in(&face, &rows, "products", |product| face.product(product))
        })
    }

    pub(super) fn product(&self, id: u64) -> Result<Reply, Refused> {
        self.read(|face| {
            let product = face.state.products.get(&id).ok_or_else(unknown)?;
            Ok(Reply::one(face.product(product)))
        })
    }

    /// An unknown product has no variations; it is not an error.
    pub(super) fn variations(&self, id: u64) -> Result<Reply, Refused> {
        self.read(|face| {
            let product = face.state.products.get(&id).filter(|product| !product.trashed);
            let rows = product
                .map_or_else(Vec::new, |product| product.variations.iter().map(|v| (product, v)).collect());
            let path = format!("products/{id}/variations");
            let reply = self.slice_in(&face, &rows, &path, |(product, v)| face.variation(product, v))?;
            Ok(reply.allow(LIST))
        })
    }

    pub(super) fn variation(&self, id: u64, variation_id: u64) -> Result<Reply, Refused> {
        self.read(|face| {
            let product = face.state.products.get(&id);
            let found = product.and_then(|product| product.variations.iter().find(|v| v.id == variation_id));
            let (product, variation) = product.zip(found).ok_or_else(|| {
                Refused::new(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")
            })?;
            Ok(Reply::one(face.variation(product, variation)))
        })
    }
}

fn unknown() -> Refused {
    Refused::new(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
}
