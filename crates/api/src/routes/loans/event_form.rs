//! The form of what happens to a loan, and how it is shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sizhu_core::loan::{EventKind, EventName, Rate};
use sizhu_core::{Day, Fen};
use sizhu_store::loan_events::RecordedEvent;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::super::fields::Fields;
use super::super::words;
use crate::extract::Form;
use crate::problem::Problem;
use crate::service::loans::{NewEvent, NewKind};

/// Events in one request at most.
const MOST_EVENTS: usize = 500;

/// Something that happened to a loan. Which fields go with it depends on its kind: `drawn` has
/// `amount_fen`; `interest_due` `due_on` and `amount_fen`; `repaid` `principal_fen`, `interest_fen`,
/// `penalty_fen` and perhaps `due_on`; `prepaid` `principal_fen` and `interest_fen`; `written_off`
/// `principal_fen`; `rate_changed` `rate_ppm`; `extended` `ends_on`; `reversed` `reverses`;
/// `defaulted` and `purpose_failed` none.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanEventForm)]
pub struct EventForm {
    /// The bank's own number of it, unique in the loan.
    #[schema(min_length = 1, max_length = 64, example = "2025-Q1-1")]
    event_no: String,
    /// The day it happened; of a payment, the day it was paid.
    #[schema(value_type = String, format = Date, example = "2025-04-01")]
    on: Day,
    /// What happened.
    #[schema(value_type = words::LoanEventKind)]
    kind: String,
    /// A due day.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Day>,
    /// The new end.
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Option<Day>,
    /// Drawn, or due of interest, in fen.
    #[schema(minimum = 0)]
    amount_fen: Option<i64>,
    /// Of the principal, in fen.
    #[schema(minimum = 0)]
    principal_fen: Option<i64>,
    /// Of the interest, in fen.
    #[schema(minimum = 0)]
    interest_fen: Option<i64>,
    /// Penalty interest and fees, in fen. Never subsidised.
    #[schema(minimum = 0)]
    penalty_fen: Option<i64>,
    /// The new rate a year, in parts per million.
    #[schema(minimum = 0, maximum = 1_000_000)]
    rate_ppm: Option<i64>,
    /// The number of the event that was not so.
    #[schema(min_length = 1, max_length = 64)]
    reverses: Option<String>,
}

/// Events of a loan: one or many, all or none.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanEventsForm, example = json!({"events": [
    {"event_no": "2026-0001", "on": "2025-12-31", "kind": "interest_due", "due_on": "2026-01-01",
     "amount_fen": 55_583},
    {"event_no": "2026-0002", "on": "2025-12-31", "kind": "repaid", "due_on": "2026-01-01",
     "principal_fen": 0, "interest_fen": 55_583}
]}))]
pub struct EventsForm {
    /// The events.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_items = 1, max_items = 500)]
    events: Vec<EventForm>,
}

impl Form for EventsForm {
    const OBJECTS: &'static [&'static str] = &["/events/*"];
    const LISTS: &'static [&'static str] = &["/events"];
}

/// A form with its members taken one by one: what is left does not go with the kind.
struct Taking<'a> {
    fields: &'a mut Fields,
    at: String,
    form: EventForm,
}

impl Taking<'_> {
    fn at(&self, member: &str) -> String {
        format!("{}/{member}", self.at)
    }

    fn needed<T>(&mut self, member: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            let pointer = self.at(member);
            self.fields.refuse(&pointer, "missing_field");
        }
        value
    }

    fn fen(&mut self, member: &str, value: Option<i64>) -> Option<Fen> {
        let value = self.needed(member, value)?;
        let pointer = self.at(member);
        self.fields.fen(&pointer, value)
    }

    fn amount(&mut self) -> Option<Fen> {
        let value = self.form.amount_fen.take();
        self.fen("amount_fen", value)
    }

    fn principal(&mut self) -> Option<Fen> {
        let value = self.form.principal_fen.take();
        self.fen("principal_fen", value)
    }

    fn interest(&mut self) -> Option<Fen> {
        let value = self.form.interest_fen.take();
        self.fen("interest_fen", value)
    }

    fn penalty(&mut self) -> Option<Fen> {
        let value = self.form.penalty_fen.take().or(Some(0));
        self.fen("penalty_fen", value)
    }

    fn kind(&mut self, name: EventName) -> Option<NewKind> {
        let told = match name {
            EventName::Drawn => EventKind::Drawn {
                amount: self.amount()?,
            },
            EventName::Extended => {
                let ends_on = self.form.ends_on.take();
                EventKind::Extended {
                    ends_on: self.needed("ends_on", ends_on)?,
                }
            }
            EventName::RateChanged => {
                let rate = self.form.rate_ppm.take();
                let rate = self.needed("rate_ppm", rate)?;
                let parsed = Rate::new(rate);
                if parsed.is_none() {
                    let pointer = self.at("rate_ppm");
                    self.fields.refuse(&pointer, "range");
                }
                EventKind::RateChanged { rate: parsed? }
            }
            EventName::InterestDue => {
                let due_on = self.form.due_on.take();
                let due_on = self.needed("due_on", due_on);
                let amount = self.amount();
                EventKind::InterestDue {
                    due_on: due_on?,
                    amount: amount?,
                }
            }
            EventName::Repaid => {
                let due_on = self.form.due_on.take();
                let (principal, interest, penalty) =
                    (self.principal(), self.interest(), self.penalty());
                EventKind::Repaid {
                    due_on,
                    principal: principal?,
                    interest: interest?,
                    penalty: penalty?,
                }
            }
            EventName::Prepaid => {
                let (principal, interest) = (self.principal(), self.interest());
                EventKind::Prepaid {
                    principal: principal?,
                    interest: interest?,
                }
            }
            EventName::WrittenOff => EventKind::WrittenOff {
                principal: self.principal()?,
            },
            EventName::Defaulted => EventKind::Defaulted {},
            EventName::PurposeFailed => EventKind::PurposeFailed {},
            EventName::Reversed => {
                let reverses = self.form.reverses.take();
                return self.needed("reverses", reverses).map(NewKind::Reversal);
            }
        };
        Some(NewKind::Told(told))
    }

    /// Notes the members that do not go with the kind.
    fn leftovers(&mut self) {
        let form = &self.form;
        let left = [
            ("due_on", form.due_on.is_some()),
            ("ends_on", form.ends_on.is_some()),
            ("amount_fen", form.amount_fen.is_some()),
            ("principal_fen", form.principal_fen.is_some()),
            ("interest_fen", form.interest_fen.is_some()),
            ("penalty_fen", form.penalty_fen.is_some()),
            ("rate_ppm", form.rate_ppm.is_some()),
            ("reverses", form.reverses.is_some()),
        ];
        for (member, _) in left.iter().filter(|(_, is_left)| *is_left) {
            let pointer = self.at(member);
            self.fields.refuse(&pointer, "unknown_field");
        }
    }
}

impl EventsForm {
    /// The events, and the bytes that say the same however they were typed.
    pub(super) fn parse(self, today: Day) -> Result<(Vec<NewEvent>, Vec<u8>), Problem> {
        let mut fields = Fields::on(today);
        let mut events = Vec::new();
        let told = sizhu_store::canonical(&self.events)?;
        for (place, form) in self.events.into_iter().take(MOST_EVENTS).enumerate() {
            let at = format!("/events/{place}");
            let event_no = fields.text(&format!("{at}/event_no"), &form.event_no, 64);
            let name = fields.word::<EventName>(&format!("{at}/kind"), &form.kind);
            let on = form.on;
            let Some(name) = name else {
                continue;
            };
            let mut taking = Taking {
                fields: &mut fields,
                at,
                form,
            };
            let what = taking.kind(name);
            taking.leftovers();
            if let (Some(event_no), Some(what)) = (event_no, what) {
                events.push(NewEvent { event_no, on, what });
            }
        }
        fields.finish(|| Some((events, told)))
    }
}

/// Something that happened to a loan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanEvent)]
pub struct EventView {
    /// Its id.
    id: Uuid,
    /// The bank's own number of it.
    event_no: String,
    /// The day it happened.
    #[schema(value_type = String, format = Date)]
    on: Day,
    /// What happened.
    #[schema(value_type = words::LoanEventKind)]
    kind: EventName,
    /// A due day.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<Day>,
    /// The new end.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_on: Option<Day>,
    /// Drawn, or due of interest, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_fen: Option<i64>,
    /// Of the principal, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_fen: Option<i64>,
    /// Of the interest, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    interest_fen: Option<i64>,
    /// Penalty interest and fees, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    penalty_fen: Option<i64>,
    /// The new rate a year, in parts per million.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_ppm: Option<i64>,
    /// The event that was not so.
    #[serde(skip_serializing_if = "Option::is_none")]
    reverses_id: Option<Uuid>,
    /// When it was posted.
    recorded_at: DateTime<Utc>,
}

impl EventView {
    pub(super) fn of(recorded: &RecordedEvent) -> Self {
        let event = &recorded.event;
        let mut view = Self {
            id: event.id().get(),
            event_no: recorded.event_no.clone(),
            on: event.on(),
            kind: event.what().name(),
            due_on: None,
            ends_on: None,
            amount_fen: None,
            principal_fen: None,
            interest_fen: None,
            penalty_fen: None,
            rate_ppm: None,
            reverses_id: None,
            recorded_at: recorded.recorded_at,
        };
        match *event.what() {
            EventKind::Drawn { amount } => view.amount_fen = Some(amount.get()),
            EventKind::Extended { ends_on } => view.ends_on = Some(ends_on),
            EventKind::RateChanged { rate } => view.rate_ppm = Some(rate.get()),
            EventKind::InterestDue { due_on, amount } => {
                view.due_on = Some(due_on);
                view.amount_fen = Some(amount.get());
            }
            EventKind::Repaid {
                due_on,
                principal,
                interest,
                penalty,
            } => {
                view.due_on = due_on;
                view.principal_fen = Some(principal.get());
                view.interest_fen = Some(interest.get());
                view.penalty_fen = Some(penalty.get());
            }
            EventKind::Prepaid {
                principal,
                interest,
            } => {
                view.principal_fen = Some(principal.get());
                view.interest_fen = Some(interest.get());
            }
            EventKind::WrittenOff { principal } => view.principal_fen = Some(principal.get()),
            EventKind::Reversed { event } => view.reverses_id = Some(event.get()),
            EventKind::Defaulted {} | EventKind::PurposeFailed {} => {}
        }
        view
    }

    pub(super) const fn id(&self) -> Uuid {
        self.id
    }
}

/// What became of posted events.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanEventsPosted)]
pub struct PostedEventsView {
    /// The events, in the order in which they came.
    pub(super) events: Vec<EventView>,
    /// How many of them were recorded now; the others were there with the same content.
    #[schema(example = 2)]
    pub(super) new: usize,
}
