//! Finding people by what one remembers of them: the beginning of any word of their name, of an address, or their number.
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use crate::{core::ids::AccountId, db::DbError};

/// Longest word of a name that is kept, in characters.
const WORD_MOST: usize = 60;
/// Words of a name that are kept, and of a search that are looked for.
const WORDS: usize = 12;

/// The words of a name, as they are kept.
pub(super) fn words(name: &str) -> Vec<String> {
    name.split_whitespace().take(WORDS).map(|word| word.chars().take(WORD_MOST).collect()).collect()
}

/// Writes the words of an account's name.
pub(super) async fn put(conn: &mut MySqlConnection, id: AccountId, name: &str) -> Result<(), DbError> {
    sqlx::query!("DELETE FROM account_words WHERE account_id = ?", id).execute(&mut *conn).await?;
    for word in words(name) {
        // Two words that the collation takes for one are one.
        sqlx::query!("INSERT IGNORE INTO account_words (word, account_id) VALUES (?, ?)", word, id)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// What somebody typed to find people.
#[derive(Debug, Clone)]
pub struct Search {
    /// Every word begins a word of the name,
    words: Vec<String>,
    /// or all of it an address,
    email: String,
    /// or it is the person's number.
    id: Option<u64>,
}

fn prefix(text: &str) -> String {
    format!("{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

impl Search {
    /// `None`: nothing was typed.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let words: Vec<String> = words(text).iter().map(|word| prefix(word)).collect();
        (!words.is_empty()).then(|| Self {
            words,
            email: prefix(&text.to_lowercase()),
            id: text.parse().ok(),
        })
    }

    /// Everybody it means, if they are not more than `most`. They may have been merged away.
    pub async fn few(
        &self,
        conn: &mut MySqlConnection,
        most: u32,
    ) -> Result<Option<Vec<AccountId>>, DbError> {
        let mut found: Vec<u64> = self.id.into_iter().collect();
        let mut by_name = QueryBuilder::new("SELECT w.account_id FROM account_words w WHERE ");
        self.name(&mut by_name, "w.account_id", true);
        by_name.push(" LIMIT ").push_bind(most + 1);
        let mut by_email = QueryBuilder::new("SELECT i.account_id FROM account_identities i WHERE ");
        by_email.push("i.kind = 'email' AND i.shop_id = 0 AND i.value LIKE ").push_bind(self.email.clone());
        by_email.push(" LIMIT ").push_bind(most + 1);
        for mut query in [by_name, by_email] {
            let some: Vec<u64> = query.build_query_scalar().fetch_all(&mut *conn).await?;
            if some.len() > most as usize {
                return Ok(None);
            }
            found.extend(some);
        }
        found.sort_unstable();
        found.dedup();
        Ok((found.len() <= most as usize).then(|| found.into_iter().map(AccountId).collect()))
    }

    /// The accounts it means, as the query of a table of them: for counting.
    pub fn push_accounts(&self, query: &mut QueryBuilder<MySql>) {
        query.push("SELECT w.account_id FROM account_words w WHERE ");
        self.name(query, "w.account_id", true);
        query.push(" UNION SELECT i.account_id FROM account_identities i WHERE i.kind = 'email' AND i.shop_id = 0 AND i.value LIKE ");
        query.push_bind(self.email.clone());
        if let Some(id) = self.id {
            query.push(" UNION SELECT id FROM accounts WHERE id = ").push_bind(id);
        }
    }

    /// The condition that `account`, a column, is one of them: for reading in some order until there are enough.
    pub fn push_condition(&self, query: &mut QueryBuilder<MySql>, account: &str) {
        query.push(" AND ((");
        self.name(query, account, false);
        query.push(format!(") OR EXISTS (SELECT 1 FROM account_identities i WHERE i.account_id = {account} AND i.kind = 'email' AND i.shop_id = 0 AND i.value LIKE "));
        query.push_bind(self.email.clone()).push(")");
        if let Some(id) = self.id {
            query.push(format!(" OR {account} = ")).push_bind(id);
        }
        query.push(")");
    }

    /// `is_word`: the query reads `account_words w`, whose word is the longest one that was typed.
    fn name(&self, query: &mut QueryBuilder<MySql>, account: &str, is_word: bool) {
        let longest = (0..self.words.len()).max_by_key(|at| self.words[*at].len());
        let mut and = "";
        for (at, word) in self.words.iter().enumerate() {
            query.push(and);
            if is_word && Some(at) == longest {
                query.push("w.word LIKE ").push_bind(word.clone());
            } else {
                query.push(format!(
                    "EXISTS (SELECT 1 FROM account_words v WHERE v.account_id = {account} AND v.word LIKE "
                ));
                query.push_bind(word.clone()).push(")");
            }
            and = " AND ";
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_taken_as_it_is() {
        let search = Search::parse(" 100% Ana_ ").unwrap();
        assert_eq!(search.words, ["100\\%%", "Ana\\_%"]);
        assert_eq!((search.email.as_str(), search.id), ("100\\% ana\\_%", None));
        assert_eq!(Search::parse("42").unwrap().id, Some(42));
        assert!(Search::parse("  ").is_none());
    }

    #[test]
    fn a_name_is_kept_word_by_word() {
        assert_eq!(words("  María de la  O "), ["María", "de", "la", "O"]);
        assert_eq!(words(&"x".repeat(90)), ["x".repeat(60)]);
        assert_eq!(words(&"a ".repeat(90)).len(), 12);
    }
}
