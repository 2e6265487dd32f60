//! The sections of the back office and of «Mi Cuenta»: what there is, and which role may open it.
use std::collections::BTreeMap;

use super::cx::Cx;
use crate::auth::Role;

/// A link of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// The text key of its name.
    pub key: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    /// The lowest role that may open it.
    pub role: Role,
    /// The text key that says what its badge counts, to readers who do not see it.
    pub badge: &'static str,
}

/// Links under one heading; the first section has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    pub heading: Option<&'static str>,
    pub items: &'static [Item],
}

const fn item(
    key: &'static str,
    href: &'static str,
    icon: &'static str,
    role: Role,
    badge: &'static str,
) -> Item {
    Item { key, href, icon, role, badge }
}

/// The menu of the back office, in its order.
pub const SECTIONS: &[Section] = &[
    Section {
        heading: None,
        items: &[
            item("nav-overview", "/admin", "layout-dashboard", Role::Stats, "nav-badge-open"),
            item("nav-accounts", "/admin/accounts", "users", Role::Manager, "nav-badge-open"),
        ],
    },
    Section {
        heading: Some("nav-systems"),
        items: &[
            item("nav-sessions", "/admin/sessions", "ticket", Role::Manager, "nav-badge-problems"),
            item("nav-licences", "/admin/licences", "license", Role::Manager, "nav-badge-open"),
        ],
    },
    Section {
        heading: Some("nav-shop"),
        items: &[
            item("nav-orders", "/admin/orders", "receipt", Role::Manager, "nav-badge-problems"),
            item("nav-products", "/admin/products", "package", Role::Manager, "nav-badge-problems"),
        ],
    },
    Section {
        heading: Some("nav-connections"),
        items: &[
            item("nav-shops", "/admin/shops", "building-store", Role::Manager, "nav-badge-problems"),
            item("nav-inbox", "/admin/inbox", "webhook", Role::Manager, "nav-badge-problems"),
            item("nav-jobs", "/admin/jobs", "list-check", Role::Manager, "nav-badge-stopped"),
        ],
    },
    Section {
        heading: Some("nav-control"),
        items: &[
            item("nav-reports", "/admin/sessions/report", "chart-bar", Role::Stats, "nav-badge-open"),
            item("nav-denials", "/admin/denials", "ban", Role::Manager, "nav-badge-open"),
            item("nav-audit", "/admin/audit", "history", Role::Manager, "nav-badge-open"),
            item("nav-features", "/admin/features", "apps", Role::Admin, "nav-badge-open"),
            item("nav-settings", "/admin/settings", "settings", Role::Admin, "nav-badge-open"),
            item("nav-staff", "/admin/staff", "user-cog", Role::Admin, "nav-badge-open"),
            item("nav-keys", "/admin/keys", "key", Role::Admin, "nav-badge-open"),
            item("nav-help", "/admin/help", "help", Role::Stats, "nav-badge-open"),
        ],
    },
];

/// The pages of «Mi Cuenta»: text key and address.
pub const ACCOUNT: &[(&str, &str)] = &[
    ("nav-my-sessions", "/account/sessions"),
    ("nav-my-licences", "/account/licences"),
    ("auth-my-logins", "/account/logins"),
];

/// Counts beside the links of the back office, by address. A layer puts it into the request's extensions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nav(BTreeMap<&'static str, u64>);

impl Nav {
    /// Shows `count` beside the link to `href`; nothing for 0.
    pub fn set(&mut self, href: &'static str, count: u64) {
        if count > 0 {
            self.0.insert(href, count);
        } else {
            self.0.remove(href);
        }
    }

    pub fn count(&self, href: &str) -> Option<u64> {
        self.0.get(href).copied()
    }
}

/// A section as one reader sees it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub heading: Option<&'static str>,
    pub items: Vec<(&'static Item, Option<u64>)>,
}

impl Cx {
    /// The sections this member of staff may open.
    pub fn menu(&self) -> Vec<Shown> {
        let Some(role) = self.staff.as_ref().map(|staff| staff.role) else {
            return Vec::new();
        };
        SECTIONS
            .iter()
            .map(|section| Shown {
                heading: section.heading,
                items: section
                    .items
                    .iter()
                    .filter(|item| role >= item.role)
                    .map(|item| (item, self.nav.count(item.href)))
                    .collect(),
            })
            .filter(|section| !section.items.is_empty())
            .collect()
    }

    /// Whether the search for people is theirs to use.
    pub fn may_search(&self) -> bool {
        self.staff.as_ref().is_some_and(|staff| staff.role >= Role::Manager)
    }

    /// Whether a link of the menu leads to where we are: its page or one below it, unless that one has a link of its own. The
    /// overview is only itself.
    pub fn is_section(&self, href: &str) -> bool {
        let closer = |item: &Item| item.href.len() > href.len() && self.is_at(item.href);
        let items = || SECTIONS.iter().flat_map(|section| section.items);
        if href == "/admin" { self.path == href } else { self.is_at(href) && !items().any(closer) }
    }

    /// The pages of «Mi Cuenta».
    pub fn account_menu(&self) -> &'static [(&'static str, &'static str)] {
        ACCOUNT
    }

    /// The name of the page of «Mi Cuenta» we are on.
    pub fn account_place(&self) -> Option<String> {
        ACCOUNT.iter().find(|(_, href)| self.is_at(href)).map(|(key, _)| self.t(key))
    }
}
