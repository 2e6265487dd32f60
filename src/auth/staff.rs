//! The people who run the back office.
//!
//! 1. E-mails are unique. Passwords follow [`super::password`].
//! 2. Someone disabled or given another password is signed out everywhere.
//! 3. There is always an enabled admin, and nobody disables themself or changes their own role.
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::MySqlConnection;

use super::{
    Role, Theme,
    login::Owner,
    password::{self, Flaw, HashFailed},
    store,
    throttle::{self, Blocked, Bucket, Limit, ThrottleError},
};
use crate::{
    audit::{self, Record},
    core::{
        actor::Actor,
        email::Email,
        ids::{LoginId, StaffId},
        secret::Secret,
    },
    crypto::Keys,
    db::{Db, DbError, Transient, Tx},
};

/// Someone who works in the back office.
#[derive(Debug, Clone)]
pub struct Staff {
    pub id: StaffId,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// `es` or `en`, if they chose one.
    pub locale: Option<String>,
    pub theme: Theme,
    pub disabled_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// When one of their logins was last used, where it is known.
    pub last_seen_at: Option<DateTime<Utc>>,
}

impl Staff {
    fn is_enabled_admin(&self) -> bool {
        self.role == Role::Admin && self.disabled_at.is_none()
    }
}

/// Someone to be added.
#[derive(Debug, Clone)]
pub struct NewStaff {
    pub email: Email,
    pub name: String,
    pub password: Secret,
    pub role: Role,
    pub locale: Option<String>,
}

/// Why a change is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("someone has that e-mail already")]
    EmailTaken,
    #[error("the name must have 1 to 120 characters")]
    BadName,
    #[error("the password is {0}")]
    WeakPassword(Flaw),
    #[error("the current password is another")]
    WrongPassword,
    #[error("at least one admin must remain")]
    LastAdmin,
    #[error("nobody disables themself or changes their own role")]
    Yourself,
    #[error("there is no such person")]
    NotFound,
}

#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Hash(#[from] HashFailed),
    #[error(transparent)]
    Blocked(#[from] Blocked),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Transient for StaffError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Db(e) if e.is_transient())
    }
}

impl From<ThrottleError> for StaffError {
    fn from(e: ThrottleError) -> Self {
        match e {
            ThrottleError::Db(e) => Self::Db(e),
            ThrottleError::Blocked(e) => Self::Blocked(e),
        }
    }
}

/// Trims a name. 1 to 120 characters, none of them a control character.
pub fn check_name(name: &str) -> Result<&str, Refusal> {
    let name = name.trim();
    let sound = (1..=120).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if sound { Ok(name) } else { Err(Refusal::BadName) }
}

/// Everyone, enabled first, by name.
pub async fn list(conn: &mut MySqlConnection) -> Result<Vec<Staff>, DbError> {
    store::staff::list(conn).await
}

pub async fn find(conn: &mut MySqlConnection, id: StaffId) -> Result<Option<Staff>, DbError> {
    store::staff::find(conn, id).await
}

/// Adds someone, enabled.
pub async fn add(db: &Db, new: &NewStaff, actor: &Actor, now: DateTime<Utc>) -> Result<StaffId, StaffError> {
    let name = check_name(&new.name)?;
    password::check(&new.password, new.email.as_str(), name).map_err(Refusal::WeakPassword)?;
    let hash = password::hash(&new.password).await?;
    let row = &store::staff::NewRow {
        email: &new.email,
        name,
        password_hash: &hash,
        role: new.role,
        locale: new.locale.as_deref(),
    };
    db.transact(|mut tx| async move {
        let id = store::staff::insert(&mut tx, row, now).await.map_err(|e| {
            if e.duplicate_key() == Some("uq_staff_email") {
                Refusal::EmailTaken.into()
            } else {
                StaffError::from(e)
            }
        })?;
        let record =
            Record::new(now, actor, "staff.added", "staff", id).detail(json!({"role": row.role.as_str()}));
        audit::record(&mut tx, record).await?;
        Ok(tx.done(id).await?)
    })
    .await
}

/// Gives someone another role.
pub async fn set_role(
    db: &Db,
    id: StaffId,
    role: Role,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), StaffError> {
    refuse_yourself(id, actor)?;
    db.transact(|mut tx| async move {
        let before = lock_with_admins(&mut tx, id, role != Role::Admin).await?;
        if before.role != role {
            store::staff::set_role(&mut tx, id, role).await?;
            let record = Record::new(now, actor, "staff.role_changed", "staff", id)
                .detail(json!({"from": before.role.as_str(), "to": role.as_str()}));
            audit::record(&mut tx, record).await?;
        }
        Ok(tx.done(()).await?)
    })
    .await
}

/// Lets someone in no longer, and ends their logins. Disabling twice changes nothing.
pub async fn disable(db: &Db, id: StaffId, actor: &Actor, now: DateTime<Utc>) -> Result<(), StaffError> {
    refuse_yourself(id, actor)?;
    db.transact(|mut tx| async move {
        let before = lock_with_admins(&mut tx, id, true).await?;
        if before.disabled_at.is_none() {
            store::staff::set_disabled(&mut tx, id, Some(now)).await?;
            let ended = store::logins::revoke_all(&mut tx, Owner::Staff(id), None, now).await?;
            let record =
                Record::new(now, actor, "staff.disabled", "staff", id).detail(json!({"logins_ended": ended}));
            audit::record(&mut tx, record).await?;
        }
        Ok(tx.done(()).await?)
    })
    .await
}

/// Lets someone in again, with the password they had.
pub async fn enable(db: &Db, id: StaffId, actor: &Actor, now: DateTime<Utc>) -> Result<(), StaffError> {
    db.transact(|mut tx| async move {
        let before = store::staff::lock(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
        if before.disabled_at.is_some() {
            store::staff::set_disabled(&mut tx, id, None).await?;
            audit::record(&mut tx, Record::new(now, actor, "staff.enabled", "staff", id)).await?;
        }
        Ok(tx.done(()).await?)
    })
    .await
}

/// Changes name, language and theme.
pub async fn set_profile(
    db: &Db,
    id: StaffId,
    name: &str,
    locale: Option<&str>,
    theme: Theme,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), StaffError> {
    let name = check_name(name)?;
    db.transact(|mut tx| async move {
        let before = store::staff::lock(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
        store::staff::set_profile(&mut tx, id, name, locale, theme).await?;
        if before.name != name {
            audit::record(&mut tx, Record::new(now, actor, "staff.renamed", "staff", id)).await?;
        }
        Ok(tx.done(()).await?)
    })
    .await
}

/// Gives someone a password that an admin chose, and signs them out everywhere.
pub async fn reset_password(
    db: &Db,
    id: StaffId,
    new: &Secret,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), StaffError> {
    replace_password(db, id, new, None, None, actor, now).await
}

/// A new password, chosen by the person themself.
#[derive(Debug, Clone, Copy)]
pub struct OwnPassword<'a> {
    pub current: &'a Secret,
    pub new: &'a Secret,
    /// The login they are using: it goes on, all others end.
    pub keep: LoginId,
}

/// Changes one's own password. Wrong guesses at the current one are slowed down like sign-ins.
pub async fn change_password(
    db: &Db,
    keys: &Keys,
    id: StaffId,
    change: OwnPassword<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), StaffError> {
    let bucket = Bucket::of_name(keys, Limit::CurrentPassword, &id.to_string());
    throttle::attempt(db, &[bucket], now).await?;
    let hash = store::staff::lock_hash(&mut *db.conn().await?, id).await?.ok_or(Refusal::NotFound)?;
    if !password::verify(change.current, Some(hash.reveal())).await? {
        return Err(Refusal::WrongPassword.into());
    }
    replace_password(db, id, change.new, Some(&hash), Some(change.keep), actor, now).await?;
    store::throttle::forget(&mut *db.conn().await?, &bucket.hash).await?;
    Ok(())
}

async fn replace_password(
    db: &Db,
    id: StaffId,
    new: &Secret,
    known: Option<&Secret>,
    keep: Option<LoginId>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), StaffError> {
    let person = store::staff::find(&mut *db.conn().await?, id).await?.ok_or(Refusal::NotFound)?;
    password::check(new, &person.email, &person.name).map_err(Refusal::WeakPassword)?;
    let hash = &password::hash(new).await?;
    db.transact(|mut tx| async move {
        let current = store::staff::lock(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
        if let Some(known) = known
            && (current.disabled_at.is_some()
                || store::staff::lock_hash(&mut tx, id).await?.as_ref() != Some(known))
        {
            return Err(Refusal::WrongPassword.into());
        }
        store::staff::set_password(&mut tx, id, hash).await?;
        let ended = store::logins::revoke_all(&mut tx, Owner::Staff(id), keep, now).await?;
        let record = Record::new(now, actor, "staff.password_changed", "staff", id)
            .detail(json!({"logins_ended": ended}));
        audit::record(&mut tx, record).await?;
        Ok(tx.done(()).await?)
    })
    .await
}

fn refuse_yourself(id: StaffId, actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Staff { id: own, .. } if *own == id => Err(Refusal::Yourself),
        _ => Ok(()),
    }
}

/// Locks the admins, then the person. Refuses if `leaves` would take the last admin away.
async fn lock_with_admins(tx: &mut Tx, id: StaffId, leaves: bool) -> Result<Staff, StaffError> {
    let admins = store::staff::lock_admins(tx).await?;
    let person = store::staff::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    if leaves && person.is_enabled_admin() && admins == [id] {
        return Err(Refusal::LastAdmin.into());
    }
    Ok(person)
}

#[cfg(test)]
mod tests;
