//! The database as diesel sees it: one table after another, columns in the database's order.
//!
//! Kept by hand to the migrations; a test compares it with a migrated database and, asked to, rewrites it.

diesel::table! {
    accounts (id) {
        id -> Uuid,
        fund -> Text,
        programme -> Text,
        year -> Int4,
        county -> Text,
        kind -> Text,
        debits_must_not_exceed_credits -> Bool,
        credits_must_not_exceed_debits -> Bool,
        debits_pending_fen -> Int8,
        debits_posted_fen -> Int8,
        credits_pending_fen -> Int8,
        credits_posted_fen -> Int8,
        next_waiting_no -> Int8,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    api_clients (client_id) {
        client_id -> Text,
        secret_hash -> Text,
        role -> Text,
        division -> Nullable<Text>,
        hospital_id -> Nullable<Uuid>,
        bank -> Nullable<Text>,
        resident_id -> Nullable<Uuid>,
        demo -> Bool,
        recorded_at -> Timestamptz,
        disabled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Uuid,
        kind -> Text,
        actor -> Text,
        actor_role -> Text,
        subject_id -> Nullable<Uuid>,
        object_id -> Nullable<Uuid>,
        division -> Nullable<Text>,
        body -> Bytea,
        recorded_at -> Timestamptz,
        leaf_no -> Nullable<Int8>,
    }
}

diesel::table! {
    awards (id) {
        id -> Uuid,
        subject_id -> Uuid,
        resident_id -> Uuid,
        decision_id -> Uuid,
        account_id -> Uuid,
        programme -> Text,
        benefit_year -> Int4,
        amount_fen -> Int8,
        standing -> Text,
        funding -> Text,
        waiting_no -> Nullable<Int8>,
        replaces_award_id -> Nullable<Uuid>,
        recorded_at -> Timestamptz,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    claim_batch_results (id) {
        id -> Uuid,
        batch_id -> Uuid,
        line_no -> Int4,
        attempt -> Int4,
        outcome -> Text,
        status -> Int2,
        key_sealed -> Nullable<Bytea>,
        fingerprint -> Nullable<Bytea>,
        problem -> Nullable<Jsonb>,
    }
}

diesel::table! {
    claim_batches (id) {
        id -> Uuid,
        hospital_id -> Uuid,
        client_id -> Text,
        key -> Text,
        state -> Text,
        attempt -> Int4,
        lines -> Int4,
        recorded -> Int4,
        repeated -> Int4,
        known -> Int4,
        refused -> Int4,
        lease_id -> Nullable<Uuid>,
        lease_until -> Nullable<Timestamptz>,
        recorded_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    claim_versions (id) {
        id -> Uuid,
        claim_id -> Uuid,
        version -> Int4,
        patient_name_sealed -> Nullable<Bytea>,
        settlement_no -> Nullable<Text>,
        admitted_on -> Date,
        discharged_on -> Date,
        diagnosis_sealed -> Nullable<Bytea>,
        nursing_special -> Nullable<Int4>,
        nursing_level_1 -> Nullable<Int4>,
        nursing_level_2 -> Nullable<Int4>,
        nursing_level_3 -> Nullable<Int4>,
        icu_days -> Nullable<Int4>,
        total_fen -> Nullable<Int8>,
        insurance_paid_fen -> Nullable<Int8>,
        self_paid_fen -> Nullable<Int8>,
        consent_kind -> Text,
        consent_reference -> Text,
        consent_signed_on -> Date,
        fingerprint -> Bytea,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
        superseded_at -> Nullable<Timestamptz>,
        forgotten_at -> Nullable<Timestamptz>,
        subject_id -> Uuid,
        medical_record_no -> Text,
        channel -> Text,
        withdrawn_because_sealed -> Nullable<Bytea>,
    }
}

diesel::table! {
    claims (id) {
        id -> Uuid,
        subject_id -> Uuid,
        hospital_id -> Uuid,
        medical_record_no -> Text,
        admitted_on -> Date,
        channel -> Text,
        posted_on -> Date,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    decision_years (decision_id, year) {
        decision_id -> Uuid,
        year -> Int4,
        days -> Int4,
        amount_fen -> Int8,
    }
}

diesel::table! {
    decisions (id) {
        id -> Uuid,
        claim_id -> Nullable<Uuid>,
        subject_id -> Uuid,
        number -> Int4,
        restates_id -> Nullable<Uuid>,
        programme -> Text,
        cause -> Text,
        outcome -> Text,
        amount_fen -> Int8,
        difference_fen -> Int8,
        payable_days -> Int4,
        decided_on -> Date,
        policy_hash -> Text,
        policy_division -> Nullable<Text>,
        policy_version -> Text,
        engine_version -> Text,
        facts_sealed -> Nullable<Bytea>,
        trace_sealed -> Bytea,
        recorded_at -> Timestamptz,
        superseded_at -> Nullable<Timestamptz>,
        loan_id -> Nullable<Uuid>,
        period_from -> Nullable<Date>,
        period_until -> Nullable<Date>,
        as_of -> Nullable<Date>,
        result_sealed -> Nullable<Bytea>,
        forgotten_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    divisions (code) {
        code -> Text,
        name -> Text,
        level -> Text,
        parent -> Nullable<Text>,
    }
}

diesel::table! {
    holder_members (id) {
        id -> Uuid,
        holder_id -> Uuid,
        subject_id -> Uuid,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
        superseded_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    holders (id) {
        id -> Uuid,
        kind -> Text,
        subject_id -> Uuid,
        credit_code_sealed -> Nullable<Bytea>,
        credit_code_index -> Nullable<Bytea>,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    hospital_versions (id) {
        id -> Uuid,
        hospital_id -> Uuid,
        name -> Text,
        level -> Text,
        grade -> Text,
        ownership -> Text,
        county -> Text,
        valid_from -> Date,
        valid_until -> Nullable<Date>,
        recorded_at -> Timestamptz,
        superseded_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    hospitals (id) {
        id -> Uuid,
        national_code -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_records (client_id, key) {
        client_id -> Text,
        key -> Text,
        operation -> Text,
        fingerprint -> Bytea,
        status -> Nullable<Int2>,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Nullable<Bytea>,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    jobs (id) {
        id -> Uuid,
        kind -> Text,
        state -> Text,
        division -> Nullable<Text>,
        params -> Jsonb,
        cursor -> Nullable<Jsonb>,
        done -> Int8,
        total -> Nullable<Int8>,
        result -> Nullable<Jsonb>,
        error -> Nullable<Text>,
        attempt -> Int4,
        lease_id -> Nullable<Uuid>,
        lease_until -> Nullable<Timestamptz>,
        cancel_requested -> Bool,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
        open_key -> Nullable<Text>,
    }
}

diesel::table! {
    loan_events (id) {
        id -> Uuid,
        loan_id -> Uuid,
        event_no -> Text,
        on_day -> Date,
        kind -> Text,
        due_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        amount_fen -> Nullable<Int8>,
        principal_fen -> Nullable<Int8>,
        interest_fen -> Nullable<Int8>,
        penalty_fen -> Nullable<Int8>,
        rate_ppm -> Nullable<Int8>,
        reverses_id -> Nullable<Uuid>,
        fingerprint -> Bytea,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    loan_statement_lines (id) {
        id -> Uuid,
        statement_id -> Uuid,
        line_no -> Int4,
        loan_id -> Nullable<Uuid>,
        contract_no_sealed -> Nullable<Bytea>,
        due_on -> Nullable<Date>,
        outcome -> Text,
        banks_fen -> Nullable<Int8>,
        ours_fen -> Nullable<Int8>,
        faults -> Jsonb,
    }
}

diesel::table! {
    loan_statements (id) {
        id -> Uuid,
        bank -> Text,
        format -> Text,
        on_fault -> Text,
        lines -> Int4,
        accepted -> Int4,
        differing -> Int4,
        repeated -> Int4,
        unknown -> Int4,
        refused -> Int4,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    loan_versions (id) {
        id -> Uuid,
        loan_id -> Uuid,
        version -> Int4,
        borrower_name_sealed -> Bytea,
        purpose -> Text,
        principal_fen -> Int8,
        draw -> Text,
        rate_ppm -> Nullable<Int8>,
        prime_tenor -> Nullable<Text>,
        prime_basis_points -> Nullable<Int8>,
        prime_reset_months -> Nullable<Int4>,
        day_count -> Text,
        starts_on -> Date,
        ends_on -> Date,
        repayment -> Text,
        every_months -> Int4,
        first_due_on -> Nullable<Date>,
        rounding -> Text,
        family_kept_policy -> Nullable<Bool>,
        households_led -> Nullable<Int4>,
        jobs_created -> Nullable<Int4>,
        income_fen -> Nullable<Int8>,
        confirmed_by -> Nullable<Text>,
        confirmed_on -> Nullable<Date>,
        fingerprint -> Bytea,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
        superseded_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    loans (id) {
        id -> Uuid,
        subject_id -> Uuid,
        cooperative_id -> Nullable<Uuid>,
        bank -> Text,
        contract_no -> Text,
        channel -> Text,
        posted_on -> Date,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    policies (hash) {
        hash -> Text,
        programme -> Text,
        division -> Nullable<Text>,
        body -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    policy_versions (id) {
        id -> Uuid,
        programme -> Text,
        place -> Text,
        kind -> Text,
        text_hash -> Text,
        origin -> Text,
        state -> Text,
        version -> Int4,
        note -> Text,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
        activates_on -> Nullable<Date>,
        approved_by -> Nullable<Text>,
        approved_at -> Nullable<Timestamptz>,
        activated_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    prime_rates (tenor, valid_from) {
        tenor -> Text,
        valid_from -> Date,
        known_until -> Nullable<Date>,
        rate_ppm -> Int8,
        instrument -> Text,
        article -> Nullable<Text>,
        address -> Nullable<Text>,
        class -> Text,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    recoveries (id) {
        id -> Uuid,
        subject_id -> Uuid,
        resident_id -> Uuid,
        decision_id -> Uuid,
        programme -> Text,
        benefit_year -> Int4,
        amount_fen -> Int8,
        state -> Text,
        replaces_recovery_id -> Nullable<Uuid>,
        recorded_at -> Timestamptz,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    resident_versions (id) {
        id -> Uuid,
        resident_id -> Uuid,
        version -> Int4,
        name_sealed -> Bytea,
        division -> Text,
        lives_in -> Nullable<Text>,
        marital_status -> Nullable<Text>,
        spouse_citizen_id_sealed -> Nullable<Bytea>,
        phone_sealed -> Nullable<Bytea>,
        card_bank -> Nullable<Text>,
        card_number_sealed -> Nullable<Bytea>,
        valid_from -> Date,
        valid_until -> Nullable<Date>,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
        superseded_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    residents (id) {
        id -> Uuid,
        subject_id -> Uuid,
        citizen_id_sealed -> Bytea,
        channel -> Text,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    simulation_changes (job_id, resident_id, programme) {
        job_id -> Uuid,
        resident_id -> Uuid,
        programme -> Text,
        county -> Text,
        outcome_before -> Text,
        outcome_after -> Text,
        before_fen -> Int8,
        after_fen -> Int8,
    }
}

diesel::table! {
    status_evidence (id) {
        id -> Uuid,
        status_version_id -> Uuid,
        kind -> Text,
        number_sealed -> Bytea,
        issued_on -> Date,
    }
}

diesel::table! {
    status_versions (id) {
        id -> Uuid,
        status_id -> Uuid,
        resident_id -> Uuid,
        version -> Int4,
        kind -> Text,
        grade -> Nullable<Int2>,
        starts_on -> Date,
        effective_from -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        end_reason -> Nullable<Text>,
        confirmed_by -> Nullable<Text>,
        confirmed_on -> Nullable<Date>,
        withdrawn_because_sealed -> Nullable<Bytea>,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
        superseded_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    statuses (id) {
        id -> Uuid,
        resident_id -> Uuid,
        channel -> Text,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    stay_resolutions (id) {
        id -> Uuid,
        claim_id -> Uuid,
        outcome -> Text,
        reason_sealed -> Bytea,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    stays (claim_id) {
        claim_id -> Uuid,
        subject_id -> Uuid,
        person_index -> Bytea,
        admitted_on -> Date,
        discharged_on -> Date,
        counted -> Bool,
        yields_day -> Bool,
        recorded_at -> Timestamptz,
        standing -> Text,
        resolution_id -> Nullable<Uuid>,
        version -> Int8,
    }
}

diesel::table! {
    subjects (id) {
        id -> Uuid,
        person_index -> Bytea,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    subsidy_runs (id) {
        id -> Uuid,
        county -> Text,
        programme -> Text,
        period_from -> Date,
        period_until -> Date,
        as_of -> Date,
        job_id -> Uuid,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    transfers (id) {
        id -> Uuid,
        debit_account_id -> Uuid,
        credit_account_id -> Uuid,
        amount_fen -> Int8,
        kind -> Text,
        state -> Text,
        award_id -> Nullable<Uuid>,
        document_no -> Nullable<Text>,
        recorded_by -> Text,
        recorded_at -> Timestamptz,
        settled_at -> Nullable<Timestamptz>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    api_clients,
    audit_events,
    awards,
    claim_batch_results,
    claim_batches,
    claim_versions,
    claims,
    decision_years,
    decisions,
    divisions,
    holder_members,
    holders,
    hospital_versions,
    hospitals,
    idempotency_records,
    jobs,
    loan_events,
    loan_statement_lines,
    loan_statements,
    loan_versions,
    loans,
    policies,
    policy_versions,
    prime_rates,
    recoveries,
    resident_versions,
    residents,
    simulation_changes,
    status_evidence,
    status_versions,
    statuses,
    stay_resolutions,
    stays,
    subjects,
    subsidy_runs,
    transfers,
);

diesel::joinable!(status_evidence -> status_versions (status_version_id));
diesel::joinable!(resident_versions -> residents (resident_id));
