//! Money is text with the shop's decimals outside, an exact decimal inside, never a float.
use rust_decimal::Decimal;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an amount of money")]
pub struct NotMoney(pub String);

/// Reads an amount as WooCommerce writes it: `"12.50"`, `"-3"`, and `""` for nothing.
///
/// At most 15 digits before the point and 4 after, so that it fits `DECIMAL(19,4)`.
pub fn parse(text: &str) -> Result<Decimal, NotMoney> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(Decimal::ZERO);
    }
    let amount: Decimal = trimmed.parse().map_err(|_| NotMoney(text.to_owned()))?;
    let amount = amount.round_dp(4);
    if amount.abs() >= Decimal::from(1_000_000_000_000_000_i64) {
        return Err(NotMoney(text.to_owned()));
    }
    Ok(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_stays_a_tenth() {
        let sum: Decimal = (0..10).map(|_| parse("0.1").unwrap()).sum();
        assert_eq!(sum, Decimal::ONE);
    }

    #[test]
    fn nothing_is_zero_and_words_are_refused() {
        assert_eq!(parse(" ").unwrap(), Decimal::ZERO);
        assert_eq!(parse("-30.00").unwrap(), Decimal::from(-30));
        for bad in ["NaN", "1,50", "1e99", "99999999999999999999"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
