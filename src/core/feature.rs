//! What can be asked about: a thing that an app lets people do, by its code.

/// Longest code, in characters.
pub const CODE_MOST: usize = 40;

/// The code of a feature: `catalogue`, `translation_words`. Apps send it, and it never changes.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(transparent)]
#[sqlx(transparent)]
#[schema(value_type = String, example = "catalogue")]
pub struct FeatureCode(String);

impl FeatureCode {
    /// 1 to [`CODE_MOST`] of `a` to `z`, digits and `_`, beginning with a letter.
    pub fn parse(text: &str) -> Option<Self> {
        let sound = text.len() <= CODE_MOST
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        sound.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for FeatureCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_short_and_plain() {
        for good in ["a", "catalogue", "translation_words", "a2", &"a".repeat(40)] {
            assert_eq!(FeatureCode::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "2a", "_a", "Catalogue", "catálogo", "a b", "a-b", &"a".repeat(41)] {
            assert_eq!(FeatureCode::parse(bad), None, "{bad}");
        }
    }
}
