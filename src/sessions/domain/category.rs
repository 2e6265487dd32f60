//! Categories of free sessions: named, coloured and retired by the admin. No I/O.
use crate::core::ids::CategoryId;

/// Longest name, in characters.
pub const NAME_MOST: usize = 60;
/// Longest code, in characters.
pub const CODE_MOST: usize = 40;

/// The tint of a category's badge. Bought sessions have the fifth, teal, to themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    Blue,
    Plum,
    Rose,
    Plain,
}

impl Tone {
    pub const ALL: [Self; 4] = [Self::Blue, Self::Plum, Self::Rose, Self::Plain];

    /// The word in the `tone` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Plum => "plum",
            Self::Rose => "rose",
            Self::Plain => "plain",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tone| tone.as_str() == text)
    }

    /// The class of the badge.
    pub fn class(self) -> &'static str {
        match self {
            Self::Blue => "tone-blue",
            Self::Plum => "tone-plum",
            Self::Rose => "tone-rose",
            Self::Plain => "",
        }
    }
}

/// A category. Apps know it by its code, which never changes; people by its name, which may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    pub id: CategoryId,
    pub code: String,
    pub name: String,
    pub tone: Tone,
    /// How many days its sessions last unless said otherwise; `None`: they never expire.
    pub default_days: Option<u32>,
    /// Nothing new is given under it.
    pub is_retired: bool,
    pub version: u32,
}

/// A code made of a name: `Cortesía de verano` → `cortesia-de-verano`. Empty where nothing of the name can be kept.
pub fn code_of(name: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'ä' | 'â' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    };
    let mut code = String::new();
    for c in name.to_lowercase().chars().map(plain) {
        if c != '-' || !(code.is_empty() || code.ends_with('-')) {
            code.push(c);
        }
    }
    code.truncate(CODE_MOST);
    code.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_name_in_plain_letters() {
        assert_eq!(code_of(" ¡Cortesía de Verano 2026! "), "cortesia-de-verano-2026");
        assert_eq!(code_of("日本"), "");
        assert_eq!(code_of(&"a".repeat(60)).len(), CODE_MOST);
    }
}
