//! The page of what repeats: how it went last, when it runs next, and a button to run it now.
use askama::Template;
use axum::{extract::State, response::Response};

use crate::{
    app::App,
    auth::extract::Manager,
    jobs::{
        schedule::{self, Known, SCHEDULES, Schedule},
        service::{self, Outcome},
        words,
    },
    web::{
        cx::Cx,
        extract::Path,
        flash::{Flash, redirect},
        form::Form,
        page::page,
        problem::{Kind, Problem},
    },
};

/// A schedule with what is known of its runs: nothing yet, when no worker has seen it.
#[derive(Debug)]
struct Repetition {
    schedule: &'static Schedule,
    known: Option<Known>,
}

impl Repetition {
    fn every(&self, cx: &Cx) -> String {
        words::every(cx, self.schedule.every)
    }
    /// The code in front of the colon, in words, and what follows.
    fn note(&self, cx: &Cx) -> Option<(String, String)> {
        let note = self.known.as_ref()?.last_note.as_deref()?;
        let (code, detail) = note.split_once(": ").unwrap_or((note, ""));
        Some((words::error(cx, code), detail.to_owned()))
    }
}

#[derive(Debug, Template)]
#[template(path = "jobs/admin_schedules.html")]
struct SchedulesPage {
    cx: Cx,
    rows: Vec<Repetition>,
}

pub(super) async fn index(State(app): State<App>, _staff: Manager, cx: Cx) -> Result<Response, Problem> {
    let mut known = schedule::list(&mut *app.db.conn().await?).await?;
    let rows = SCHEDULES
        .iter()
        .map(|schedule| Repetition {
            schedule,
            known: known.iter().position(|k| k.name == schedule.name).map(|at| known.swap_remove(at)),
        })
        .collect();
    Ok(page(&SchedulesPage { cx, rows }))
}

pub(super) async fn run(
    State(app): State<App>,
    Manager(staff): Manager,
    cx: Cx,
    Path(name): Path<String>,
    Form(_): Form<super::Nothing>,
) -> Result<Response, Problem> {
    let flash = match service::run_schedule(&app, &name, &staff.actor()).await? {
        Outcome::Done => Flash::ok("jobs-schedule-started"),
        Outcome::TooLate => Flash::info("jobs-schedule-waits"),
        Outcome::Gone => return Err(Problem::new(Kind::NotFound)),
    };
    Ok(redirect("/admin/jobs/schedules", Some(flash.arg("what", words::kind(&cx, &name)))))
}
