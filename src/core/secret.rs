//! A value that must not be printed.

/// Text that never shows in `Debug`, logs or errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself. Every call is a place to look at.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The last four characters, for people to tell two keys apart.
    pub fn last4(&self) -> String {
        let mut last: Vec<char> = self.0.chars().rev().take(4).collect();
        last.reverse();
        last.into_iter().collect()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("cs_hunter2")), "Secret(…)");
        assert_eq!(Secret::new("cs_hunter2").last4(), "ter2");
    }
}
