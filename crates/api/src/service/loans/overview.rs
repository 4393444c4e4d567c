//! The overview: loans by county, all of them together, and how much loan goes with the subsidy.

use sizhu_core::{Day, DivisionCode};
use sizhu_store::{
    Actor, Store,
    loans::{self, CountyLoans},
};

use crate::problem::Problem;
use crate::service::subsidising::LOAN_INTEREST;

/// Loans by county.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The counties that have loans, by code.
    pub counties: Vec<CountyLoans>,
    /// All together, under the code of the division asked about.
    pub total: CountyLoans,
}

/// The loans of a division by county; outside the caller's own there is nothing to see.
///
/// # Errors
/// What the store says.
pub async fn overview(
    store: &Store,
    actor: &Actor,
    own: &DivisionCode,
    within: &DivisionCode,
    today: Day,
) -> Result<Overview, Problem> {
    let counties = if own.contains(within) {
        store
            .transaction(actor, async |tx| {
                loans::overview(tx, within, LOAN_INTEREST, today).await
            })
            .await?
    } else {
        Vec::new()
    };
    let total = sum(within, &counties);
    Ok(Overview { counties, total })
}

fn sum(within: &DivisionCode, counties: &[CountyLoans]) -> CountyLoans {
    let all = |of: fn(&CountyLoans) -> i64| counties.iter().map(of).fold(0, i64::saturating_add);
    CountyLoans {
        county: within.as_str().to_owned(),
        loans: all(|it| it.loans),
        principal_fen: all(|it| it.principal_fen),
        subsidised_principal_fen: all(|it| it.subsidised_principal_fen),
        paid_fen: all(|it| it.paid_fen),
        committed_fen: all(|it| it.committed_fen),
        waiting_fen: all(|it| it.waiting_fen),
        jobs_created: all(|it| it.jobs_created),
        income_fen: all(|it| it.income_fen),
        loans_in_arrears: all(|it| it.loans_in_arrears),
        arrears_fen: all(|it| it.arrears_fen),
    }
}

/// Leverage: fen of subsidised loan for each hundred fen of subsidy, paid, set aside or waiting; `None`
/// where there is no subsidy.
#[must_use]
pub fn leverage_hundredths(it: &CountyLoans) -> Option<i64> {
    let subsidy = [it.paid_fen, it.committed_fen, it.waiting_fen];
    let subsidy = subsidy.into_iter().fold(0_i64, i64::saturating_add);
    let hundredfold = it.subsidised_principal_fen.saturating_mul(100);
    hundredfold.checked_div(subsidy)
}
