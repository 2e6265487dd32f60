//! One spelling per mailbox.

/// An e-mail address as we compare and store it: trimmed, lower case, at most 254 bytes.
///
/// Dots and `+tags` are kept: only the mailbox's own provider knows whether they matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Email(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct NotAnEmail;

impl Email {
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim().to_lowercase();
        let (local, host) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        let sound = !local.is_empty()
            && local.len() <= 64
            && !host.is_empty()
            && text.len() <= 254
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !text.contains("..")
            && text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"".contains(c))
            && !local.contains('@');
        if sound { Ok(Self(text)) } else { Err(NotAnEmail) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_spaces_do_not_make_another_person() {
        assert_eq!(Email::parse(" Ana@Example.test "), Email::parse("ana@example.test"));
    }

    #[test]
    fn a_tag_makes_another_mailbox() {
        assert_ne!(Email::parse("a+b@x.es"), Email::parse("a@x.es"));
        assert_eq!(Email::parse("a+b@x.es").unwrap().as_str(), "a+b@x.es");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in ["", "@", "a@", "@b", "a b@c.es", "a@b..es", "a@@b.es", "a@b.es\nBcc: x@y.es", "<a@b.es>"]
        {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }
}
