use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
fn credits(n: u32) -> Unit {
    Unit::Credits(n)
}
fn span(months: u32, days: u32) -> Unit {
    Unit::Span { span: Span { months, days }, renewal: Renewal::FromNowIfExpired }
}
fn given(unit: Unit, granted: u32, voided: u32, shortfall: u32) -> Given {
    Given {
        shop: ShopId(1),
        order: WcId(7),
        line: WcId(1),
        licence: LicenceId(1),
        unit,
        paid_on: day("2026-11-21"),
        granted,
        voided,
        shortfall,
        held: 0,
        debt: 0,
        blocks: false,
        is_over: false,
    }
}
fn licence(unit: Unit) -> Licence {
    let worth = Worth { feature: FeatureCode::parse("catalogue").unwrap(), tier: Tier::Paid, unit };
    Licence::bought(AccountId(1), &worth, DateTime::UNIX_EPOCH)
}

#[test]
fn a_line_is_compared_with_what_it_gave() {
    let five = Some(credits(5));
    assert_eq!(reconcile(Entitled::Units(2), five, None), Change::First(10));
    assert_eq!(reconcile(Entitled::Units(2), None, None), Change::Nothing);
    assert_eq!(reconcile(Entitled::Units(0), five, None), Change::Nothing);
    assert_eq!(reconcile(Entitled::AtMost(2), five, None), Change::Nothing);
    let whole = given(credits(5), 10, 0, 0);
    for (entitled, change) in [
        (Entitled::Units(2), Change::Nothing),
        (Entitled::Units(1), Change::Less(5)),
        (Entitled::AtMost(3), Change::Nothing),
        (Entitled::AtMost(1), Change::Less(5)),
        (Entitled::Nothing, Change::Less(10)),
        (Entitled::Units(3), Change::More { struck: 0, restored: 0, added: 5 }),
    ] {
        // What the product is worth by now does not matter.
        assert_eq!(reconcile(entitled, Some(credits(9)), Some(&whole)), change, "{entitled:?}");
    }
    let back = given(credits(5), 10, 6, 4);
    assert_eq!(reconcile(Entitled::AtMost(2), five, Some(&back)), Change::Nothing);
    let more = Change::More { struck: 4, restored: 6, added: 5 };
    assert_eq!(reconcile(Entitled::Units(3), five, Some(&back)), more);
    let one = Change::More { struck: 4, restored: 1, added: 0 };
    assert_eq!(reconcile(Entitled::Units(1), five, Some(&back)), one);
}

#[test]
fn a_line_has_its_limits() {
    assert_eq!(reconcile(Entitled::Units(u32::MAX), Some(credits(3)), None), Change::First(MOST_CREDITS));
    assert_eq!(reconcile(Entitled::Units(u32::MAX), Some(span(12, 0)), None), Change::First(10));
    assert_eq!(reconcile(Entitled::Units(9000), Some(span(0, 1)), None), Change::First(MOST_DAYS));
    assert_eq!(reconcile(Entitled::Units(9000), Some(span(1, 365)), None), Change::First(10));
}

#[test]
fn what_is_used_or_held_is_not_taken_back_and_what_nobody_used_is_no_shortfall() {
    let bought = licence(credits(5)).renew(10).after;
    let used = Licence { used: 4, held: 1, ..bought.clone() };
    let (step, shortfall) = used.revoke(10);
    assert_eq!((step.after.granted, step.amount, step.delta, shortfall), (5, 10, -5, 5));
    // An admin left two of the ten.
    let (step, shortfall) = Licence { granted: 2, ..bought }.revoke(10);
    assert_eq!((step.after.granted, step.delta, shortfall), (0, -2, 0));
}

#[test]
fn a_debt_that_was_none_after_all_is_struck_off_and_paid_back() {
    let owing = Licence { granted: 20, used: 9, owed: 1, ..licence(credits(5)) };
    let step = owing.restore(6, 4);
    assert_eq!((step.after.granted, step.after.used, step.after.owed), (26, 6, 0));
    assert_eq!((step.amount, step.delta), (9, 9), "6 come back, and 3 that paid");
}

#[test]
fn a_licence_of_which_nothing_is_paid_for_ended_yesterday_at_the_latest() {
    let today = day("2026-11-21");
    let bought = Term::Span { begins: Some(today), span: Span { months: 1, days: 0 }, is_reversed: true };
    let dated = |end: Option<&str>| Licence { expires_on: end.map(day), ..licence(span(1, 0)) };
    for (before, after) in
        [(Some("2026-12-21"), "2026-11-20"), (Some("2026-10-01"), "2026-10-01"), (None, "2026-11-20")]
    {
        let step = dated(before).ends(Act::Revoke, &[bought], today);
        assert_eq!(step.after.expires_on, Some(day(after)), "{before:?}");
    }
}

#[test]
fn the_reason_of_a_block_names_the_order_and_fits() {
    assert_eq!(block_reason("1234", 1), "Reembolso del pedido 1234: 1 crédito ya usado");
    assert_eq!(block_reason("1234", 3), "Reembolso del pedido 1234: 3 créditos ya usados");
    assert!(block_reason(&"9".repeat(500), u32::MAX).chars().count() <= 255);
}

/// A line as the service books it, on paper.
fn book(line: &mut Option<Given>, unit: Unit, change: Change, taken: impl FnOnce(u32) -> u32) {
    match (change, line) {
        (Change::Nothing, _) => {}
        (Change::First(n), line) => *line = Some(given(unit, n, 0, 0)),
        (Change::Less(n), Some(line)) => {
            let shortfall = taken(n);
            line.voided += n - shortfall;
            line.shortfall += shortfall;
        }
        (Change::More { struck, restored, added }, Some(line)) => {
            line.strike(struck);
            line.voided -= restored;
            line.granted += added;
        }
        (_, None) => panic!("{change:?} of a line that gave nothing"),
    }
}

proptest! {
    /// Whatever is bought, refunded and paid again of three lines, in whatever order: a line counts for what is paid for, and the
    /// licence has the credits of what counts, less what was used.
    #[test]
    fn credits_are_what_counts_however_it_came_to_that(
        acts in proptest::collection::vec((0..3_usize, 0..5_u32, 0..4_u32), 1..60)
    ) {
        let unit = credits(3);
        let mut licence = licence(unit);
        let mut lines: [Option<Given>; 3] = [None, None, None];
        for (line, units, used) in acts {
            licence.used += used.min(licence.available());
            let change = reconcile(Entitled::Units(units), Some(unit), lines[line].as_ref());
            let before = licence.clone();
            let mut short = 0;
            licence = match change {
                Change::Nothing => before,
                Change::First(n) => before.renew(n).after,
                Change::Less(n) => {
                    let (step, shortfall) = before.revoke(n);
                    short = shortfall;
                    step.after
                }
                Change::More { restored, added, .. } => before.restore(restored, 0).after.renew(added).after,
            };
            book(&mut lines[line], unit, change, |_| short);
            if let Some(given) = &lines[line] {
                prop_assert_eq!(given.granted - given.voided - given.shortfall, units * 3);
                prop_assert_eq!(reconcile(Entitled::Units(units), Some(unit), Some(given)), Change::Nothing);
            }
            let paid: u32 = lines.iter().flatten().map(|g| g.granted - g.voided - g.shortfall).sum();
            let short: u32 = lines.iter().flatten().map(|g| g.shortfall).sum();
            prop_assert_eq!(licence.granted, paid + short, "what counts, and what was used of what does not");
            prop_assert!(licence.used <= licence.granted);
        }
    }

    /// The same with a policy of debts and with reservations: what is held when it is refunded is taken back if it is let go.
    #[test]
    fn nobody_keeps_credits_that_were_refunded_while_they_were_held(
        acts in proptest::collection::vec((0..3_usize, 0..5_u32, 0..5_u8, 1..6_u32), 1..80)
    ) {
        let unit = credits(3);
        let mut licence = licence(unit);
        let mut lines: [Option<Given>; 3] = [None, None, None];
        // What each reservation holds, and how much of it was refunded.
        let mut holds: Vec<(u32, u32)> = Vec::new();
        let settle = |licence: Licence| licence.clone().settle().map_or(licence, |step| step.after);
        for (line, units, act, n) in acts {
            match act {
                0 => licence.used += n.min(licence.available()),
                1 if licence.available() > 0 => {
                    let n = n.min(licence.available());
                    holds.push((n, 0));
                    licence.held += n;
                }
                2 if !holds.is_empty() => {
                    // Uses some of what it holds, and lets the rest go.
                    let (held, refunded) = holds.remove(line % holds.len());
                    let spent = n.min(held);
                    licence.held -= held;
                    licence.used += spent;
                    let mut returned = refunded.min(held - spent);
                    let mut used = refunded - returned;
                    for given in lines.iter_mut().rev().flatten() {
                        let (taken, debt) = given.take_returned(returned);
                        returned -= taken;
                        used -= given.use_held(used);
                        licence = licence.returned(taken, debt).after;
                    }
                    licence = settle(licence);
                    prop_assert_eq!(returned + used, 0);
                }
                1 | 2 => {}
                _ => {
                    let change = reconcile(Entitled::Units(units), Some(unit), lines[line].as_ref());
                    let given = &mut lines[line];
                    match (change, given.as_mut()) {
                        (Change::Nothing, _) => {}
                        (Change::Less(n), Some(given)) => {
                            let (mut step, shortfall) = licence.revoke(n);
                            given.voided += n - shortfall;
                            given.shortfall += shortfall;
                            given.debt += shortfall;
                            step.after.owed += shortfall;
                            let mut left = shortfall;
                            for hold in &mut holds {
                                let part = (hold.0 - hold.1).min(left);
                                hold.1 += part;
                                left -= part;
                            }
                            given.held += shortfall - left;
                            licence = settle(step.after);
                        }
                        (Change::More { struck, restored, added }, Some(given)) => {
                            let (mut held, debt) = given.strike(struck);
                            for hold in &mut holds {
                                let part = hold.1.min(held);
                                hold.1 -= part;
                                held -= part;
                            }
                            prop_assert_eq!(held, 0);
                            given.voided -= restored;
                            given.granted += added;
                            licence = settle(settle(licence.restore(restored, debt).after).renew(added).after);
                        }
                        (change, _) => {
                            let Change::First(n) = change else { panic!("{change:?}") };
                            *given = Some(self::given(unit, n, 0, 0));
                            licence = settle(licence.renew(n).after);
                        }
                    }
                }
            }
            let sum = |of: fn(&Given) -> u32| lines.iter().flatten().map(of).sum::<u32>();
            prop_assert_eq!(sum(|g| g.held), holds.iter().map(|hold| hold.1).sum::<u32>());
            prop_assert!(lines.iter().flatten().all(|g| g.held.max(g.debt) <= g.shortfall));
            prop_assert!(licence.used + licence.held <= licence.granted);
            let counts = sum(|g| g.granted - g.voided - g.shortfall);
            prop_assert_eq!(licence.granted, counts + sum(|g| g.shortfall), "what counts, and what was used of what does not");
            prop_assert!(licence.owed <= sum(|g| g.debt));
            prop_assert!(licence.owed == 0 || licence.available() == 0, "what is there pays");
        }
    }

    /// Spans likewise: from a day that was set, the end is that day and as many months as are paid for.
    #[test]
    fn the_end_is_made_of_what_counts_however_it_came_to_that(
        acts in proptest::collection::vec((0..3_usize, 0..5_u32), 1..60)
    ) {
        let (unit, start) = (span(1, 0), day("2026-08-31"));
        let mut lines: [Option<Given>; 3] = [None, None, None];
        // Line, unit, whether it counts; in the order in which they were bought.
        let mut spans: Vec<(usize, bool)> = Vec::new();
        for (line, units) in acts {
            let change = reconcile(Entitled::Units(units), Some(unit), lines[line].as_ref());
            let turn = |spans: &mut Vec<(usize, bool)>, count: u32, counts: bool| {
                let mut own: Vec<_> = spans.iter_mut().filter(|s| s.0 == line).collect();
                if !counts {
                    own.reverse();
                }
                own.into_iter().filter(|s| s.1 != counts).take(count as usize).for_each(|s| s.1 = counts);
            };
            match change {
                Change::Nothing => {}
                Change::First(n) => spans.extend((0..n).map(|_| (line, true))),
                Change::Less(n) => turn(&mut spans, n, false),
                Change::More { restored, added, .. } => {
                    turn(&mut spans, restored, true);
                    spans.extend((0..added).map(|_| (line, true)));
                }
            }
            book(&mut lines[line], unit, change, |_| 0);
            let month = Span { months: 1, days: 0 };
            let terms: Vec<Term> = std::iter::once(Term::Set(start))
                .chain(spans.iter().map(|s| Term::Span { begins: None, span: month, is_reversed: !s.1 }))
                .collect();
            let paid: u32 = lines.iter().flatten().map(|g| g.granted - g.voided).sum();
            prop_assert_eq!(terms::end_of(&terms), start.checked_add_months(chrono::Months::new(paid)));
        }
    }
}
