//! How a programme is shown: what it gives, to whom, on whose word, and what its form asks.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use sizhu_core::Day;
use sizhu_core::pack::{Help, Payee, Period, Subject, Version};
use sizhu_core::programme::Programme;
use utoipa::ToSchema;

use super::programme_terms::{
    ClauseTerms, EntitlementTerms, EvidenceTerms, ExclusionTerms, PublicityTerms, ReviewTerms,
    clauses, entitlement, evidence, exclusion, input_form, limits, publicity, review,
};
use super::value_view::{ValueView, values};
use super::words;
use crate::problem::Language;
use crate::wording::{Values, condition, told};

/// A programme in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProgrammeSummary)]
pub struct SummaryView {
    /// Its id.
    #[schema(example = "special-assistance")]
    id: String,
    /// What it is called.
    #[schema(example = "计划生育家庭特别扶助")]
    title: String,
    /// What it does, in a sentence.
    summary: String,
    /// The help it belongs to.
    #[schema(value_type = words::Help)]
    help: Help,
    /// Whom it is for.
    #[schema(value_type = words::Subject)]
    subject: Subject,
    /// What one decision covers.
    #[schema(value_type = words::ProgrammePeriod)]
    period: Period,
    /// Where its pack holds: `national`, or a division's code.
    #[schema(example = "national")]
    place: String,
    /// The nearest place whose values count.
    #[schema(example = "4301")]
    nearest_place: String,
    /// The rules' day: since when they are as they are.
    #[schema(example = "2022-07-01")]
    version: String,
    /// The forms of what is given: `flat`, `per_unit`, `share_of_cost`, `interest`, `premium`,
    /// `quota`, `in_kind`.
    #[schema(example = json!(["flat"]))]
    forms: Vec<&'static str>,
    /// SHA-256 of the policy's text, in hex.
    hash: String,
}

/// The programmes of one help.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProgrammesOfHelp)]
pub struct HelpView {
    /// The help.
    #[schema(value_type = words::Help)]
    help: Help,
    /// What it is called.
    #[schema(example = "有贫助扶")]
    title: &'static str,
    /// Its programmes, by title.
    #[schema(inline)]
    programmes: Vec<SummaryView>,
}

/// A programme with all its terms, as they are on a day in a place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Programme)]
pub struct ProgrammeView {
    /// What lists show of it.
    #[serde(flatten)]
    summary: SummaryView,
    /// The day whose terms these are.
    #[schema(value_type = String, format = Date)]
    on: Day,
    /// Whether the programme is in force on the day asked for. If not, `on` is the nearest day on
    /// which it is.
    in_force: bool,
    /// Who is entitled, in words.
    eligibility: String,
    /// The clauses these words name.
    clauses: Vec<ClauseTerms>,
    /// What is given; what applies is added up.
    entitlements: Vec<EntitlementTerms>,
    /// What all of it together may come to, in words.
    limits: Vec<String>,
    /// Programmes that shut each other out.
    exclusion: Option<ExclusionTerms>,
    /// The values the rules use.
    values: Vec<ValueView>,
    /// The steps an application goes through.
    review: Vec<ReviewTerms>,
    /// What the village may read.
    publicity: PublicityTerms,
    /// Who is paid.
    #[schema(value_type = words::Payee)]
    payee: Payee,
    /// The four-character memo (四字摘要) of a payment.
    memo: Option<String>,
    /// What must be shown.
    evidence: Vec<EvidenceTerms>,
    /// The questions of the application, as a JSON Schema (2020-12): properties are facts, with a
    /// title, a description and `x-order`.
    #[schema(value_type = Object)]
    input_form: Value,
}

impl SummaryView {
    fn of(programme: &Programme, version: &Version, on: Day, language: Language) -> Self {
        let mut forms = Vec::new();
        for component in &version.components {
            let kind = component.form.kind().as_str();
            if !forms.contains(&kind) {
                forms.push(kind);
            }
        }
        Self {
            id: programme.id().to_string(),
            title: told(programme.title(), language),
            summary: told(programme.summary(), language),
            help: programme.help(),
            subject: programme.subject(),
            period: programme.period(),
            place: programme.place().to_string(),
            nearest_place: programme.nearest().to_string(),
            version: programme.version_label(on),
            forms,
            hash: programme.hash().to_string(),
        }
    }
}

impl HelpView {
    /// The programmes of a help that are in force on a day.
    pub(super) fn of(help: Help, all: &[&Arc<Programme>], on: Day, language: Language) -> Self {
        let shown = all.iter().filter(|programme| programme.help() == help);
        let programmes = shown.filter_map(|programme| {
            let version = programme.version_at(on)?;
            Some(SummaryView::of(programme, version, on, language))
        });
        Self {
            help,
            title: help_title(help, language),
            programmes: programmes.collect(),
        }
    }

    /// Whether the help has no programme.
    pub(super) const fn is_empty(&self) -> bool {
        self.programmes.is_empty()
    }
}

/// What a help is called.
pub(super) const fn help_title(help: Help, language: Language) -> &'static str {
    let (zh, en) = match help {
        Help::Illness => ("有病助治", "help in illness"),
        Help::Hardship => ("有贫助扶", "help in hardship"),
        Help::Distress => ("有忧助解", "help in distress"),
        Help::OldAge => ("有老助养", "help in old age"),
    };
    match language {
        Language::Chinese => zh,
        Language::English => en,
    }
}

/// The day whose terms are shown: the day itself, or the nearest on which a version is in force.
fn shown_on(programme: &Programme, on: Day) -> Day {
    if programme.version_at(on).is_some() || on < programme.first_day() {
        return on.max(programme.first_day());
    }
    let ended = programme.policy().pack().versions.iter();
    let ended = ended.filter_map(|version| version.until?.previous());
    ended
        .filter(|last| *last <= on)
        .max()
        .unwrap_or_else(|| programme.first_day())
}

impl ProgrammeView {
    /// The terms on a day; `None` for a programme without any, which no policy is.
    pub(super) fn of(programme: &Programme, asked: Day, language: Language) -> Option<Self> {
        let on = shown_on(programme, asked);
        let version = programme.version_at(on)?;
        let at = Values::on(programme.policy(), on);
        Some(Self {
            summary: SummaryView::of(programme, version, on, language),
            on,
            in_force: on == asked,
            eligibility: condition(&version.eligibility, &at, language),
            clauses: clauses(version, &at, language),
            entitlements: version
                .components
                .iter()
                .map(|it| entitlement(it, &at, language))
                .collect(),
            limits: limits(&version.limits, &at, language),
            exclusion: version.exclusion.as_ref().map(exclusion),
            values: values(&at, language),
            review: version
                .review
                .iter()
                .map(|step| review(*step, language))
                .collect(),
            publicity: publicity(&version.publicity, &at, language),
            payee: version.payee,
            memo: Some(version.memo.clone()).filter(|memo| !memo.is_empty()),
            evidence: version
                .evidence
                .iter()
                .map(|it| evidence(it, &at, language))
                .collect(),
            input_form: input_form(programme, version, language),
        })
    }
}
