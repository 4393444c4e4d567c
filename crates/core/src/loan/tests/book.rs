//! The second half of the slow model: what a pack says, asked of all loans of a holder on every
//! day, and what the bank was paid.

use std::collections::BTreeSet;

use num_bigint::BigInt;

use super::model::{Diary, YEAR, ratio_half_up, years};
use crate::day::Day;
use crate::loan::{Borrower, EventKind, HolderFacts, Loan, LoanPurpose, Paid, SubsidyPeriod};

/// What a pack says, as plain numbers. Amounts in fen, rates in parts per million.
#[derive(Debug, Clone)]
pub(super) struct Book {
    pub(super) in_force: Day,
    pub(super) window: (u32, u32),
    pub(super) cap: i128,
    pub(super) cap_per_household: Option<i128>,
    pub(super) rate_cap: i128,
    pub(super) count: &'static str,
    pub(super) times: u32,
    pub(super) term: i64,
    pub(super) grace: u32,
    pub(super) paid: Paid,
}

impl Book {
    /// The book as a pack.
    pub(super) fn pack(&self) -> String {
        let text = super::world::shipped("examples/fuqing/entrepreneurship-loan-interest.toml");
        let from = self.in_force;
        let value = |name: &str, value: String| {
            format!(
                "[[values.{name}]]\nfrom = \"{from}\"\nvalue = \"{value}\"\nassumed = \"a test\"\n\n"
            )
        };
        let yuan = |fen: i128| format!("{}.{:02} yuan", fen / 100, fen % 100);
        let per_cent = |ppm: i128| format!("{}.{:04} %", ppm / 10_000, ppm % 10_000);
        let (month, day) = self.window;
        let mut values = value("principal_cap", yuan(self.cap));
        values += &value("rate_cap", per_cent(self.rate_cap));
        values += &value("day_count", self.count.to_owned());
        values += &value("window_start", format!("{month:02}-{day:02}"));
        values += &value("most_times", format!("{} times", self.times));
        values += &value("longest_term", format!("{} days", self.term));
        values += &value("grace", format!("{} days", self.grace));
        values += &value("paid", self.paid.to_string());
        let mut keys = "window_start = \"window_start\"".to_owned();
        if let Some(cap) = self.cap_per_household {
            values += &value("led", yuan(cap));
            keys += "\nprincipal_cap_per_household_led = \"led\"";
        }
        let first = text.find("[[values.principal_cap]]").unwrap();
        let days = text.find("[[values.publicity_days]]").unwrap();
        let text = format!("{}{values}{}", &text[..first], &text[days..]);
        let term = "[clauses.term]\ntitle = { zh = \"期限\", en = \"Term\" }\nfact = \"loan_from\"\n\
                    days_since_at_most = \"longest_term\"\nassumed = \"a test\"\n\n[clauses.times]";
        text.replace("from = \"2018-07-01\"", &format!("from = \"{from}\""))
            .replace("[clauses.times]", term)
            .replace(
                "\"family\", \"borrower\", \"purpose\", \"times\"",
                "\"family\", \"purpose\", \"times\", \"term\"",
            )
            .replace("[clauses.borrower]\ntitle = { zh = \"以家庭名义借款\", en = \"The household borrows\" }\nfact = \"loan_borrower\"\nis = \"household\"\nsource = \"fuqing_2018\"\narticle = \"以户为单位\"\n", "")
            .replace("window_start = \"window_start\"", &keys)
    }

    fn year_of(&self, day: Day) -> i32 {
        let start = |year| {
            let start = Day::from_ymd(year, self.window.0, self.window.1);
            start.unwrap_or_else(|| Day::from_ymd(year, 3, 1).unwrap())
        };
        if day >= start(day.year()) {
            day.year()
        } else {
            day.year() - 1
        }
    }

    /// Whether a loan is entitled on a day, with so many years used; `None` if nobody can say.
    fn entitled(&self, loan: &Loan, day: Day, used: u32) -> Option<bool> {
        let start = loan.contract.terms().starts_on;
        let sure = loan.purpose == LoanPurpose::Production
            && used < self.times
            && start.days_until(day) <= self.term;
        match (sure, loan.family_kept_policy) {
            (false, _) | (_, Some(false)) => Some(false),
            (true, Some(true)) => Some(true),
            (true, None) => None,
        }
    }

    /// The most principal of a loan; `None` if nobody can say.
    fn cap_of(&self, loan: &Loan) -> Option<i128> {
        match (loan.borrower, self.cap_per_household) {
            (Borrower::Cooperative, Some(cap)) => Some(cap * i128::from(loan.households_led?)),
            (Borrower::Cooperative | Borrower::Household, _) => Some(self.cap),
        }
    }
}

fn is_stopped(diary: &Diary<'_>, day: Day) -> bool {
    diary.live.iter().any(|event| {
        let stop = matches!(
            event.what(),
            EventKind::Defaulted {} | EventKind::PurposeFailed {}
        );
        stop && event.on() <= day
    })
}

/// One day of one loan.
struct Page {
    day: Day,
    due: usize,
    weight: i128,
    open: bool,
    allotted: i128,
}

/// What each loan gets, in order of ids; `None` where it cannot be decided.
pub(super) fn by_the_book(
    book: &Book,
    holder: &HolderFacts,
    period: SubsidyPeriod,
    as_of: Day,
) -> Vec<Option<i128>> {
    let mut diaries: Vec<Diary<'_>> = holder
        .loans
        .iter()
        .map(|it| Diary::of(it, holder))
        .collect();
    diaries.sort_by_key(|it| (it.terms.starts_on, it.loan.contract_no.clone(), it.loan.id));
    let pages = all_days(book, holder, &diaries, period);
    let mut amounts: Vec<_> = diaries
        .iter()
        .zip(&pages)
        .map(|(diary, pages)| {
            let amount = amount(book, holder, (diary, pages), period, as_of);
            (diary.loan.id, amount)
        })
        .collect();
    amounts.sort_by_key(|(id, _)| *id);
    amounts.into_iter().map(|(_, amount)| amount).collect()
}

fn all_days(
    book: &Book,
    holder: &HolderFacts,
    diaries: &[Diary<'_>],
    period: SubsidyPeriod,
) -> Vec<Vec<Page>> {
    let mut pages: Vec<Vec<Page>> = diaries.iter().map(|_| Vec::new()).collect();
    let Some(mut day) = diaries.iter().map(|it| it.terms.starts_on).min() else {
        return pages;
    };
    // As far as interest of the period falls due.
    let mut last = period.until;
    for diary in diaries {
        let due = diary.dues.iter().find(|due| **due >= period.until);
        last = last.max(due.copied().unwrap_or(diary.end));
    }
    let (mut sure, mut perhaps): (BTreeSet<i32>, BTreeSet<i32>) = Default::default();
    while day < last {
        let year = book.year_of(day);
        let before = |years: &BTreeSet<i32>| u32::try_from(years.range(..year).count()).unwrap();
        let used = (before(&sure), before(&perhaps));
        let mut taken = 0;
        for (diary, pages) in diaries.iter().zip(&mut pages) {
            let loan = diary.loan;
            if day < diary.terms.starts_on || day >= diary.end {
                continue;
            }
            let due = diary.dues.iter().position(|due| day < *due).unwrap();
            let regular = diary.regular_on(day);
            let mut page = Page {
                day,
                due,
                weight: 0,
                open: false,
                allotted: 0,
            };
            if regular > 0 && day >= book.in_force && !is_stopped(diary, day) {
                let with = |used| book.entitled(loan, day, used);
                let entitled = match (with(used.0), with(used.1)) {
                    (one, two) if one == two => one,
                    _ => None,
                };
                let cap = book.cap_of(loan);
                if entitled != Some(false) {
                    let unknown = entitled.is_none() || cap.is_none();
                    let left = if unknown {
                        regular
                    } else {
                        (cap.unwrap() - taken).max(0)
                    };
                    page.allotted = regular.min(left);
                    taken += page.allotted;
                    if page.allotted > 0 {
                        perhaps.insert(year);
                        if !unknown {
                            sure.insert(year);
                        }
                    }
                    let rate = diary.rate(holder, day);
                    page.open = unknown || rate.is_none();
                    let highest = if unknown { i128::MAX } else { book.rate_cap };
                    page.weight = weight(book, diary, &page, rate.unwrap_or(0).min(highest));
                }
            }
            pages.push(page);
        }
        day = day.next().unwrap();
    }
    pages
}

fn since(diary: &Diary<'_>, due: usize) -> Day {
    match due.checked_sub(1) {
        Some(before) => diary.dues[before],
        None => diary.terms.starts_on,
    }
}

fn weight(book: &Book, diary: &Diary<'_>, page: &Page, rate: i128) -> i128 {
    let from = since(diary, page.due);
    let upto = |day| years(book.count, from, day, diary.end);
    page.allotted * rate * (upto(page.day.next().unwrap()) - upto(page.day))
}

/// Interest of a due day by the contract; `None` where a rate is not known.
fn ours(diary: &Diary<'_>, holder: &HolderFacts, due: usize) -> Option<i128> {
    let from = since(diary, due);
    let count = diary.terms.day_count.as_str();
    let upto = |day| years(count, from, day, diary.end);
    let mut units = 0;
    let mut day = from;
    while day < diary.dues[due] {
        let next = day.next().unwrap();
        let owed = diary.regular_on(day);
        if owed > 0 {
            units += owed * diary.rate(holder, day)? * (upto(next) - upto(day));
        }
        day = next;
    }
    Some(diary.rounded(units))
}

fn banks(diary: &Diary<'_>, due: usize) -> Option<i128> {
    diary.live.iter().find_map(|event| match event.what() {
        EventKind::InterestDue { due_on, amount } if *due_on == diary.dues[due] => {
            Some(i128::from(amount.get()))
        }
        _ => None,
    })
}

/// What was paid in time of a due day's interest, by the purse: each payment in turn settles the
/// oldest interest that is open.
fn in_time(diary: &Diary<'_>, asked: &[Option<i128>], due: usize, by: Day) -> Option<i128> {
    let mut purse: i128 = 0;
    for event in &diary.live {
        if let EventKind::Repaid { interest, .. } | EventKind::Prepaid { interest, .. } =
            event.what()
            && event.on() <= by
        {
            purse += i128::from(interest.get());
        }
    }
    for before in &asked[..due] {
        purse -= (*before)?.min(purse);
    }
    Some(purse.min(asked[due]?))
}

fn amount(
    book: &Book,
    holder: &HolderFacts,
    (diary, pages): (&Diary<'_>, &[Page]),
    period: SubsidyPeriod,
    as_of: Day,
) -> Option<i128> {
    let inside = |page: &&Page| period.from <= page.day && page.day < period.until;
    if pages.iter().filter(inside).any(|page| page.open) {
        return None;
    }
    let dues: BTreeSet<usize> = pages
        .iter()
        .filter(inside)
        .filter(|page| page.allotted > 0)
        .map(|page| page.due)
        .collect();
    let last = dues.last().map_or(0, |last| last + 1);
    let all: Vec<Option<i128>> = (0..last).map(|due| ours(diary, holder, due)).collect();
    let asked: Vec<Option<i128>> = all
        .iter()
        .enumerate()
        .map(|(due, ours)| banks(diary, due).or(*ours))
        .collect();
    let (mut above, mut below) = (BigInt::from(0), BigInt::from(1));
    for due in dues {
        let due_on = diary.dues[due];
        let deadline = due_on.plus_days(book.grace).unwrap();
        let ours = all[due]?;
        let paid = if book.paid == Paid::InAdvance && as_of < deadline {
            asked[due]?
        } else if as_of < due_on {
            0
        } else {
            in_time(diary, &asked, due, deadline.min(as_of))?
        };
        let counted = paid.min(ours);
        let whole: i128 = pages
            .iter()
            .filter(|it| it.due == due)
            .map(|it| it.weight)
            .sum();
        let of_period = pages.iter().filter(inside).filter(|it| it.due == due);
        let part: i128 = of_period.map(|it| it.weight).sum();
        let most = whole.max(ours * 1_000_000 * YEAR);
        if most > 0 {
            let (n, d) = (BigInt::from(part) * counted, BigInt::from(most));
            above = above * &d + n * &below;
            below *= d;
        }
    }
    Some(ratio_half_up(&above, &below))
}
