//! A verdict with its account: clause by clause, entitlement by entitlement, limit by limit.

use serde_json::{Value, json};

use crate::day::Day;
use crate::fact::{FactSet, Sheet};
use crate::money::Fen;
use crate::pack::Component as PackComponent;
use crate::trace::{Bilingual, ClauseResult, ClauseScope, Outcome, Trace, TraceEntry};

use super::counterfactual::{Change, would_grant};
use super::evaluate::{Limit, Sink, Step, Verdict, evaluate};
use super::form::OutOfRange;
use super::moment::Moment;
use super::node::Node;
use super::rules::{Rules, clauses_of};
use super::test::Tri;
use super::told::scope_of;
use super::{Programme, show};

/// What one entitlement comes to, before the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentShare {
    /// The entitlement's id.
    pub id: String,
    /// What it is called.
    pub title: Bilingual,
    /// What it pays; `None` while that is not known.
    pub amount: Option<Fen>,
}

/// A verdict and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The verdict.
    pub verdict: Verdict,
    /// Each entitlement that is given, or may be.
    pub shares: Vec<ComponentShare>,
    /// The programme being in force, each clause, each entitlement, each limit, as the rule is
    /// read.
    pub trace: Trace,
    /// Of a refusal: sets of changes each of which would grant it, smallest first.
    pub would_grant: Vec<Vec<Change>>,
}

/// As [`evaluate`], with a full account.
///
/// # Errors
/// As [`evaluate`].
pub fn explain(programme: &Programme, sheet: &Sheet, day: Day) -> Result<Explanation, OutOfRange> {
    let mut account = Account {
        programme,
        sheet,
        day,
        entries: Vec::new(),
        shares: Vec::new(),
        left: Fen::ZERO,
    };
    let verdict = evaluate(programme, sheet, day, &mut account)?;
    let would_grant = match verdict.outcome {
        Outcome::Refused => would_grant(programme, sheet, day),
        Outcome::Granted | Outcome::Undetermined => Vec::new(),
    };
    Ok(Explanation {
        verdict,
        shares: account.shares,
        trace: Trace(account.entries),
        would_grant,
    })
}

/// Writes the account of an evaluation.
struct Account<'a> {
    programme: &'a Programme,
    sheet: &'a Sheet,
    day: Day,
    entries: Vec<TraceEntry>,
    shares: Vec<ComponentShare>,
    /// What is left of the sum after the limits so far.
    left: Fen,
}

impl Sink for Account<'_> {
    fn step(&mut self, step: Step) {
        let rules = self.programme.rules_at_or_first(self.day);
        match step {
            Step::InForce(it) => self.in_force(it),
            Step::Eligibility(answer) => self.eligibility(rules, answer),
            Step::Component {
                place,
                applies,
                amount,
            } => self.component(rules, place, applies, amount),
            Step::Limit {
                limit,
                most,
                before,
                leaves,
            } => self.limit(limit, (most, before), leaves),
        }
    }
}

impl Account<'_> {
    fn in_force(&mut self, it: bool) {
        let rules = self.programme.rules_at_or_first(self.day);
        let version = self.programme.version_of(rules);
        let provenance = version.map(|version| &version.provenance);
        self.entries.push(TraceEntry {
            clause: "programme_in_force".to_owned(),
            title: Bilingual::of("项目执行期内", "The programme is in force"),
            result: Tri::from(it).into(),
            saw: json!({"on": self.day}),
            needs: json!({
                "from": version.map(|version| version.from),
                "until": version.and_then(|version| version.until),
            }),
            citation: provenance.and_then(|it| it.citation()).cloned(),
            assumed: provenance.and_then(|it| it.assumed()).map(str::to_owned),
            scope: Some(ClauseScope::Stay),
            chain: Vec::new(),
        });
    }

    fn eligibility(&mut self, rules: &Rules, answer: Tri) {
        self.clauses(&rules.told);
        let mut own = FactSet::EMPTY;
        rules
            .told
            .each_own_test(&mut |test| own = own.union(test.facts()));
        // Tests outside any clause have no name of their own: the whole stands for them.
        if own.is_empty() {
            return;
        }
        let version = self.programme.version_of(rules);
        let provenance = version.map(|version| &version.provenance);
        self.entries.push(TraceEntry {
            clause: "eligibility".to_owned(),
            title: Bilingual::of("资格条件", "Eligibility"),
            result: answer.into(),
            saw: Value::Object(show::seen(own, self.sheet)),
            needs: self.programme.condition_shown(&rules.told),
            citation: provenance.and_then(|it| it.citation()).cloned(),
            assumed: provenance.and_then(|it| it.assumed()).map(str::to_owned),
            scope: Some(scope_of(rules.told.facts())),
            chain: Vec::new(),
        });
    }

    /// The clauses of a condition that have no entry yet.
    fn clauses(&mut self, told: &Node) {
        for (place, answer) in clauses_of(told, self.sheet, Moment::of(self.day)) {
            let entry = self
                .programme
                .clause_entry(place, answer.into(), self.sheet, self.day);
            let new = entry.filter(|entry| {
                let mut known = self.entries.iter();
                known.all(|known| known.clause != entry.clause)
            });
            self.entries.extend(new);
        }
    }

    fn component(&mut self, rules: &Rules, place: usize, applies: Tri, amount: Option<Fen>) {
        let version = self.programme.version_of(rules);
        let told = version.and_then(|version| version.components.get(place));
        let Some((told, compiled)) = told.zip(rules.components.get(place)) else {
            return;
        };
        self.clauses(&compiled.told);
        if applies != Tri::False {
            self.shares.push(ComponentShare {
                id: told.id.clone(),
                title: told.title.clone(),
                amount,
            });
        }
        let in_kind = matches!(told.form, crate::pack::Form::InKind { .. });
        let result = match amount {
            None => ClauseResult::Undetermined,
            Some(amount) if applies == Tri::True && (in_kind || amount > Fen::ZERO) => {
                self.left = self.left.checked_add(amount).unwrap_or(self.left);
                ClauseResult::Pass
            }
            Some(_) => ClauseResult::Fail,
        };
        let mut seen = compiled.form.facts();
        compiled
            .told
            .each_own_test(&mut |test| seen = seen.union(test.facts()));
        self.entries
            .push(self.component_entry(told, &compiled.told, seen, amount, result));
    }

    fn component_entry(
        &self,
        told: &PackComponent,
        when: &Node,
        seen: FactSet,
        amount: Option<Fen>,
        result: ClauseResult,
    ) -> TraceEntry {
        let mut saw = show::seen(seen, self.sheet);
        saw.insert("amount_fen".to_owned(), json!(amount));
        let mut needs = self.programme.form_shown(&told.form, self.day);
        if *when != Node::Always {
            needs.insert("when".to_owned(), self.programme.condition_shown(when));
        }
        let provenance = self.programme.component_provenance(told, self.day);
        let provenance = provenance.as_ref();
        let values = super::names::of_form(&told.form);
        TraceEntry {
            clause: format!("entitlement:{}", told.id),
            title: told.title.clone(),
            result,
            saw: Value::Object(saw),
            needs: Value::Object(needs),
            citation: provenance.and_then(|it| it.citation()).cloned(),
            assumed: provenance.and_then(|it| it.assumed()).map(str::to_owned),
            scope: Some(scope_of(seen)),
            chain: self.programme.chain(values, self.day),
        }
    }

    fn limit(&mut self, limit: Limit, (most, before): (Option<i64>, Option<i64>), leaves: Tri) {
        let rest = most
            .zip(before)
            .map(|(most, before)| Fen::new(most.saturating_sub(before).max(0)));
        let cuts = limit != Limit::Times && rest.is_some_and(|rest| rest < self.left);
        let result = match ClauseResult::from(leaves) {
            ClauseResult::Pass if cuts => ClauseResult::Note,
            other @ (ClauseResult::Pass
            | ClauseResult::Fail
            | ClauseResult::Undetermined
            | ClauseResult::Note) => other,
        };
        if cuts {
            self.left = rest.unwrap_or(self.left);
        }
        let rules = self.programme.rules_at_or_first(self.day);
        let version = self.programme.version_of(rules);
        let name = version.and_then(|version| {
            let limits = &version.limits;
            match limit {
                Limit::PerPeriod => limits.per_period.as_deref(),
                Limit::PerYear => limits.per_year.as_deref(),
                Limit::Lifetime => limits.lifetime.as_deref(),
                Limit::Times => limits.times.as_deref(),
            }
        });
        let chain = self.programme.chain(name, self.day);
        let winning = chain.iter().find(|link| link.wins);
        let unit = if limit == Limit::Times {
            "times"
        } else {
            "fen"
        };
        self.entries.push(TraceEntry {
            clause: format!("limit:{limit}"),
            title: limit_title(limit),
            result,
            saw: json!({ format!("received_{unit}"): before }),
            needs: json!({ format!("at_most_{unit}"): most }),
            citation: winning.and_then(|link| link.citation.clone()),
            assumed: winning.and_then(|link| link.assumed.clone()),
            scope: Some(ClauseScope::Limit),
            chain,
        });
    }
}

const fn limit_title(limit: Limit) -> Bilingual {
    match limit {
        Limit::PerPeriod => Bilingual::of("每期上限", "Limit of one period"),
        Limit::PerYear => Bilingual::of("年度上限", "Limit of a calendar year"),
        Limit::Lifetime => Bilingual::of("终身上限", "Limit of a life"),
        Limit::Times => Bilingual::of("次数上限", "Limit of times"),
    }
}
