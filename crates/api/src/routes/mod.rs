//! Routes: each extracts, calls one service function and renders. One declaration an operation
//! feeds the router and the document.

pub mod accounts;
mod answer;
pub mod audit;
pub mod claim_batches;
pub mod claim_corrections;
pub mod claim_form;
pub mod claims;
pub mod decision_view;
pub mod discovery;
pub mod divisions;
pub mod eligibility;
pub mod eligibility_form;
pub mod entitlements;
pub mod fact_view;
pub mod facts;
pub(crate) mod fields;
pub mod health;
pub mod hospitals;
pub mod loan_statements;
pub mod loans;
pub mod me;
pub mod oauth;
pub mod policy_versions;
pub mod prime_rates;
pub mod programme_terms;
pub mod programme_view;
pub mod programmes;
pub mod replays;
pub mod residents;
pub mod resolutions;
pub mod simulations;
pub mod status_form;
pub mod statuses;
pub mod subsidy_runs;
pub mod value_view;
mod words;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers every operation.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(oauth::create_token)
        .service(oauth::get_jwks)
        .service(claims::create_hospital_claim)
        .service(claims::list_hospital_claims)
        .service(claims::get_hospital_claim)
        .service(resolutions::resolve_hospital_claim)
        .service(claim_batches::create_hospital_claim_batch)
        .service(claim_batches::list_hospital_claim_batches)
        .service(claim_batches::get_hospital_claim_batch)
        .service(claim_batches::results::list_hospital_claim_batch_results)
        .service(claim_corrections::update_hospital_claim)
        .service(claim_corrections::withdraw_hospital_claim)
        .service(claim_corrections::list_hospital_claim_versions)
        .service(claims::get_decision)
        .service(replays::replay_decision)
        .service(programmes::list_programmes)
        .service(programmes::get_programme)
        .service(facts::list_facts)
        .service(eligibility::create_eligibility_check)
        .service(residents::create_resident)
        .service(residents::search_residents)
        .service(residents::get_resident)
        .service(entitlements::list_resident_entitlements)
        .service(entitlements::list_unserved)
        .service(statuses::create_status)
        .service(statuses::get_status)
        .service(statuses::update_status)
        .service(statuses::confirm_status)
        .service(statuses::end_status)
        .service(statuses::withdraw_status)
        .service(me::get_me)
        .service(me::list_my_decisions)
        .service(eligibility::create_my_eligibility_check)
        .service(entitlements::list_my_entitlements)
        .service(policy_versions::create_policy_version)
        .service(policy_versions::list_policy_versions)
        .service(policy_versions::get_policy_version)
        .service(policy_versions::compare_policy_version)
        .service(policy_versions::approve_policy_version)
        .service(policy_versions::withdraw_policy_version)
        .service(simulations::create_policy_simulation)
        .service(simulations::list_policy_simulations)
        .service(simulations::get_policy_simulation)
        .service(simulations::cancel_policy_simulation)
        .service(simulations::get_policy_simulation_csv)
        .service(simulations::get_policy_simulation_chart)
        .service(simulations::list_policy_simulation_residents)
        .service(loans::create_loan)
        .service(loan_statements::create_loan_statement)
        .service(loan_statements::list_loan_statements)
        .service(loan_statements::get_loan_statement)
        .service(loan_statements::get_loan_statement_result)
        .service(loans::list_loans)
        .service(loans::get_loan)
        .service(loans::confirm_loan)
        .service(loans::list_my_loans)
        .service(loans::events::create_loan_events)
        .service(loans::events::list_loan_events)
        .service(loans::asking::get_loan_schedule)
        .service(loans::asking::get_loan_subsidy)
        .service(loans::asking::create_loan_preview)
        .service(loans::overview::get_loan_overview)
        .service(subsidy_runs::create_subsidy_run)
        .service(subsidy_runs::list_subsidy_runs)
        .service(subsidy_runs::get_subsidy_run)
        .service(subsidy_runs::cancel_subsidy_run)
        .service(subsidy_runs::list_subsidy_run_awards)
        .service(subsidy_runs::posting::get_subsidy_run_public_list)
        .service(prime_rates::list_prime_rates)
        .service(prime_rates::create_prime_rate)
        .service(accounts::list_accounts)
        .service(accounts::create_account)
        .service(accounts::get_account)
        .service(accounts::create_appropriation)
        .service(audit::list_audit_events)
        .service(divisions::list_divisions)
        .service(hospitals::list_hospitals)
        .service(hospitals::create_hospital)
        .service(discovery::get_openapi)
        .service(discovery::list_problems)
        .service(discovery::get_problem)
        .service(health::get_live)
        .service(health::get_ready)
        .service(health::get_metrics);
}
