//! Writing off what expired. It only tidies: an expiry bites at its instant, whether or not this ran.
use crate::{
    accounts,
    app::App,
    core::actor::Actor,
    db::DbError,
    sessions::store::{self, Entry, EntryKind, changes, expiry as rows},
};

/// Grants looked for at once.
const BATCH: u32 = 500;

/// Writes off whatever expired and nobody holds, one ledger row for each grant, dated when it expired. Answers how many grants.
pub async fn write_off(app: &App) -> Result<u32, DbError> {
    let now = app.clock.now();
    let actor = &Actor::System { name: "expiry" };
    let mut written = 0;
    loop {
        let due = rows::lapsed(&mut *app.db.conn().await?, now, BATCH).await?;
        if due.is_empty() {
            return Ok(written);
        }
        let mut progress = 0;
        for (account, id) in due {
            progress += app
                .db
                .transact(|mut tx| async move {
                    if !accounts::lock(&mut tx, account).await? {
                        return tx.undone(0).await;
                    }
                    super::reservations::write_lapsed(&mut tx, account, now).await?;
                    let Some(grant) = changes::lock(&mut tx, id).await? else {
                        return tx.undone(0).await;
                    };
                    // Used, given another expiry, or written off by somebody faster.
                    let (left, Some(end)) = (grant.free_of_holds(), grant.expires_at) else {
                        return tx.undone(0).await;
                    };
                    if left == 0 || end > now {
                        return tx.undone(0).await;
                    }
                    rows::write_off(&mut tx, id, left).await?;
                    let operation = super::operation();
                    let entry =
                        Entry::new(&grant, &operation, EntryKind::Expire, -i64::from(left), actor, end);
                    store::append(&mut tx, &entry).await?;
                    tx.done(1).await
                })
                .await?;
        }
        // Whatever cannot be written off now (an account being merged) waits for the next run.
        if progress == 0 {
            return Ok(written);
        }
        written += progress;
    }
}
