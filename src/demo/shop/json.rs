//! JSON as PHP writes it: keys in their order, `/` as `\/`, anything beyond ASCII as `\uXXXX`.
//!
//! The exact bytes matter: webhooks are signed over them, and a receiver that re-encodes before verifying must fail here too.
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// A JSON value whose objects keep the order they were written in.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Number(Decimal),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// `object! { "id" => 1, "name" => "Ana" }`
macro_rules! object {
    ($($key:expr => $value:expr),* $(,)?) => {
        $crate::demo::shop::json::Json::Object(vec![
            $((String::from($key), $crate::demo::shop::json::Json::from($value))),*
        ])
    };
}
/// `list![1, 2]`
macro_rules! list {
    ($($value:expr),* $(,)?) => {
        $crate::demo::shop::json::Json::List(vec![$($crate::demo::shop::json::Json::from($value)),*])
    };
}
pub(super) use {list, object};

impl Json {
    /// The text as PHP's `wp_json_encode` prints it.
    pub(super) fn encode(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
            Self::Int(number) => out.push_str(&number.to_string()),
            Self::Number(number) => out.push_str(&number.normalize().to_string()),
            Self::Text(text) => write_text(text, out),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (at, (key, value)) in fields.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    write_text(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// Only these top-level fields of an object, or of each object of a list: what `_fields` asks for.
    pub(super) fn only(self, fields: &[&str]) -> Self {
        match self {
            Self::List(items) => Self::List(items.into_iter().map(|item| item.only(fields)).collect()),
            Self::Object(all) => {
                Self::Object(all.into_iter().filter(|(key, _)| fields.contains(&key.as_str())).collect())
            }
            other => other,
        }
    }

    /// The object with one more field, after the first.
    pub(super) fn with_second(mut self, key: &str, value: impl Into<Self>) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.insert(1.min(fields.len()), (key.to_owned(), value.into()));
        }
        self
    }

    /// The object with one more field at its end.
    pub(super) fn with(mut self, key: &str, value: impl Into<Self>) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.push((key.to_owned(), value.into()));
        }
        self
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='\u{7f}' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str("\\u");
                    for digit in 0..4 {
                        let nibble = u32::from(*unit) >> (12 - 4 * digit) & 0xf;
                        out.push(char::from_digit(nibble, 16).unwrap_or('0'));
                    }
                }
            }
        }
    }
    out.push('"');
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&String> for Json {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<bool> for Json {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}
impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}
impl From<i32> for Json {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}
impl From<u16> for Json {
    fn from(number: u16) -> Self {
        Self::Int(number.into())
    }
}
impl From<u32> for Json {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}
impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
impl From<usize> for Json {
    fn from(number: usize) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
impl From<Decimal> for Json {
    fn from(number: Decimal) -> Self {
        match number.normalize() {
            whole if whole.is_integer() => whole.to_i64().map_or(Self::Number(whole), Self::Int),
            broken => Self::Number(broken),
        }
    }
}
impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}
impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(yes) => Self::Bool(yes),
            serde_json::Value::Number(number) => number.as_i64().map_or_else(
                || number.to_string().parse().map_or_else(|_| Self::Text(number.to_string()), Self::Number),
                Self::Int,
            ),
            serde_json::Value::String(text) => Self::Text(text),
            serde_json::Value::Array(items) => Self::List(items.into_iter().map(Into::into).collect()),
            serde_json::Value::Object(fields) => {
                Self::Object(fields.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_php_escapes_it() {
        let json = object! { "z" => "https://a/é\u{1F33F}\"\\\u{1}\n", "a" => list![1, Json::Null], "p" => Decimal::new(3375, 2) };
        assert_eq!(
            json.encode(),
            r#"{"z":"https:\/\/a\/\u00e9\ud83c\udf3f\"\\\u0001\n","a":[1,null],"p":33.75}"#
        );
    }

    #[test]
    fn a_whole_price_has_no_decimals() {
        assert_eq!(Json::from(Decimal::new(4500, 2)).encode(), "45");
    }
}
