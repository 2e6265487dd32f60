//! Where a browser may be sent after signing in: paths of ours, and of one part of the site only.

/// Whether `to` is `root` or a path below it, with or without a query: never another host, never a way around by dots.
pub fn is_below(root: &str, to: &str) -> bool {
    let path = to.split(['?', '#']).next().unwrap_or_default();
    let below = path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    below
        && to.len() <= 500
        && to.bytes().all(|b| b.is_ascii_graphic() && !b"\\\"<>".contains(&b))
        && !path.contains("//")
        && !path.contains('%')
        && path.split('/').all(|part| part != ".." && part != ".")
}

#[cfg(test)]
mod tests {
    use super::is_below;

    #[test]
    fn only_paths_below_the_root_are_gone_to() {
        for good in ["/account", "/account/sessions", "/account/sessions?x=1#y", "/account?x=//y%20z"] {
            assert!(is_below("/account", good), "{good}");
        }
        for bad in [
            "",
            "/",
            "//evil.example",
            "/accounts",
            "/admin",
            "https://evil.example/account",
            "/account/../admin",
            "/account//evil",
            "/account/%2e%2e/admin",
            "/account\\..\\admin",
            "account",
            "/account/ x",
            "/account\r\nSet-Cookie: a=b",
            "/account/ñ",
        ] {
            assert!(!is_below("/account", bad), "{bad}");
        }
    }
}
