//! The address of a shop as a person types it.
use url::Url;

/// Why an address cannot be a shop's. Each is worth a sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    #[error("not a web address")]
    Unreadable,
    #[error("the address is plain http: anyone on the way could read the keys' orders; use https")]
    PlainHttp,
    #[error("the address contains a user name or password")]
    Credentials,
    #[error("longer than 255 characters")]
    TooLong,
    #[error("the address is private or local")]
    Private,
}

impl BadUrl {
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "url_unreadable",
            Self::PlainHttp => "url_plain_http",
            Self::Credentials => "url_credentials",
            Self::TooLong => "url_too_long",
            Self::Private => "url_private",
        }
    }
}

/// The `WordPress` address behind what was typed: scheme, host, port and sub-directory, without a slash at the end of the path.
///
/// `shop.example` means https. Pages that people copy the address from (`/wp-admin/…`, `/wp-json/…`, `/wp-login.php`) are cut off, and
/// so are query and fragment. `allow_private` takes plain http and private addresses: for a developer's own shop.
///
/// # Errors
/// See [`BadUrl`]. Names are not resolved here; the client does that each time it dials.
pub fn parse_url(typed: &str, allow_private: bool) -> Result<Url, BadUrl> {
    let typed = typed.trim();
    let with_scheme = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let mut url: Url = with_scheme.parse().map_err(|_| BadUrl::Unreadable)?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(BadUrl::Unreadable);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadUrl::Credentials);
    }
    match super::guard::check(&url, allow_private) {
        Ok(()) => {}
        Err(super::error::ShopError::PlainHttp) => return Err(BadUrl::PlainHttp),
        Err(_) => return Err(BadUrl::Private),
    }
    url.set_query(None);
    url.set_fragment(None);
    let kept: Vec<&str> = url
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .take_while(|part| {
            !matches!(*part, "wp-admin" | "wp-json" | "wp-login.php" | "wp-content" | "index.php" | "wc-auth")
        })
        .collect();
    let path = format!("/{}", kept.join("/"));
    url.set_path(&path);
    if url.as_str().len() > 255 {
        return Err(BadUrl::TooLong);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(typed: &str) -> Result<String, BadUrl> {
        parse_url(typed, false).map(|url| url.to_string())
    }

    #[test]
    fn what_people_paste_becomes_the_address_of_the_site() {
        for (typed, site) in [
            ("shop.example", "https://shop.example/"),
            (" https://Shop.Example/ ", "https://shop.example/"),
            ("https://shop.example/wp-admin/admin.php?page=wc-settings", "https://shop.example/"),
            ("https://shop.example/wp-json/wc/v3", "https://shop.example/"),
            ("https://shop.example/wp-login.php", "https://shop.example/"),
            ("https://shop.example/tienda/", "https://shop.example/tienda"),
            ("shop.example:4443/es/tienda/wp-admin/", "https://shop.example:4443/es/tienda"),
            ("https://shop.example//tienda/?a=b#c", "https://shop.example/tienda"),
            ("https://münchen.example", "https://xn--mnchen-3ya.example/"),
        ] {
            assert_eq!(parsed(typed).as_deref(), Ok(site), "{typed}");
            let again = parse_url(site, false).unwrap();
            assert_eq!(again.as_str(), site, "normal form stays");
        }
    }

    #[test]
    fn what_cannot_be_a_shop_is_refused_with_a_reason() {
        for (typed, reason) in [
            ("", BadUrl::Unreadable),
            ("https://", BadUrl::Unreadable),
            ("ftp://shop.example", BadUrl::Unreadable),
            ("javascript://shop.example/%0aalert(1)", BadUrl::Unreadable),
            ("https://ana:secret@shop.example", BadUrl::Credentials),
            ("http://shop.example", BadUrl::PlainHttp),
            ("https://127.0.0.1", BadUrl::Private),
            ("https://2130706433", BadUrl::Private),
            ("https://[::ffff:10.0.0.1]", BadUrl::Private),
        ] {
            assert_eq!(parsed(typed), Err(reason), "{typed}");
        }
        assert_eq!(parsed(&format!("https://shop.example/{}", "a".repeat(300))), Err(BadUrl::TooLong));
    }

    #[test]
    fn a_developers_shop_may_be_plain_and_local() {
        assert_eq!(parse_url("http://127.0.0.1:9000/", true).unwrap().as_str(), "http://127.0.0.1:9000/");
    }
}
