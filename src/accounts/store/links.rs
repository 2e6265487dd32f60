//! SQL of who is which user of which shop, for many people at once, and of what changed in that.
use sqlx::{MySqlConnection, QueryBuilder};

use crate::{
    core::ids::{AccountId, ShopId, WcId},
    db::{Corrupt, DbError},
};

fn user(account: AccountId, value: &str) -> Result<WcId, Corrupt> {
    value.parse().map_err(|_| Corrupt { table: "account_identities", id: account.0, column: "value" })
}

/// The shops' users that these people are.
pub async fn users_of(
    conn: &mut MySqlConnection,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, ShopId, WcId)>, DbError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::new(
        "SELECT account_id, shop_id, value FROM account_identities WHERE kind = 'wp_user' AND account_id IN (",
    );
    let mut list = query.separated(", ");
    for account in accounts {
        list.push_bind(*account);
    }
    query.push(")");
    let rows: Vec<(AccountId, ShopId, String)> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(|(account, shop, value)| Ok((account, shop, user(account, &value)?))).collect()
}

/// The number of the newest link.
pub async fn newest_link(conn: &mut MySqlConnection) -> Result<u64, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT CAST(COALESCE(MAX(id), 0) AS UNSIGNED) AS "id!: u64" FROM account_identities"#
    )
    .fetch_one(conn)
    .await?)
}

/// Who became a user of some shop, by the numbers of the links.
pub async fn linked(conn: &mut MySqlConnection, after: u64, upto: u64) -> Result<Vec<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT DISTINCT account_id AS "id: AccountId" FROM account_identities
            WHERE id > ? AND id <= ? AND kind = 'wp_user' ORDER BY account_id"#,
        after,
        upto
    )
    .fetch_all(conn)
    .await?)
}

/// The number of the newest merge.
pub async fn newest_merge(conn: &mut MySqlConnection) -> Result<u64, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT CAST(COALESCE(MAX(id), 0) AS UNSIGNED) AS "id!: u64" FROM account_merges"#
    )
    .fetch_one(conn)
    .await?)
}

/// Who took others in, by the numbers of the merges.
pub async fn merged(conn: &mut MySqlConnection, after: u64, upto: u64) -> Result<Vec<AccountId>, DbError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT DISTINCT into_account AS "id: AccountId" FROM account_merges WHERE id > ? AND id <= ? ORDER BY into_account"#,
        after,
        upto
    )
    .fetch_all(conn)
    .await?)
}

/// The users of a shop, page by page: the number of the link, and who it is.
pub async fn users_of_shop(
    conn: &mut MySqlConnection,
    shop: ShopId,
    after: u64,
    limit: u32,
) -> Result<Vec<(u64, AccountId)>, DbError> {
    let rows = sqlx::query!(
        r#"SELECT id, account_id AS "account: AccountId" FROM account_identities
            WHERE kind = 'wp_user' AND shop_id = ? AND id > ? ORDER BY id LIMIT ?"#,
        shop,
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.account)).collect())
}
