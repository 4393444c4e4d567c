//! The closed vocabularies of packs.

use crate::word::words;

words! {
    /// The four helps (四助).
    pub enum Help {
        /// 有病助治
        Illness = "illness",
        /// 有贫助扶
        Hardship = "hardship",
        /// 有忧助解
        Distress = "distress",
        /// 有老助养
        OldAge = "old_age",
    }
}

words! {
    /// Whom a programme is for.
    pub enum Subject {
        /// One person.
        Person = "person",
        /// People living as one, a couple too.
        Household = "household",
        /// A loan of a household.
        Loan = "loan",
    }
}

words! {
    /// What one decision of a programme covers.
    pub enum Period {
        /// The calendar month of the day decided on.
        Month = "month",
        /// Its quarter.
        Quarter = "quarter",
        /// Its calendar year.
        Year = "year",
        /// Once in a life.
        Once = "once",
        /// One event: a loan, a course of treatment, a death.
        Event = "event",
        /// All stays in hospital of the person, day by day.
        Stay = "stay",
    }
}

words! {
    /// Who is paid.
    pub enum Payee {
        /// The person, on their own card.
        Person = "person",
        /// The head of the household, on their card.
        Household = "household",
        /// The insurer, for the person.
        Insurer = "insurer",
        /// The hospital, against the person's bill.
        Hospital = "hospital",
        /// The institution that serves the person.
        Institution = "institution",
        /// Nobody: no money moves.
        Nobody = "nobody",
    }
}

words! {
    /// What the village may read.
    pub enum PublicityMode {
        /// Nothing.
        None = "none",
        /// A count and an amount for each township with at least five families; no row for anyone.
        Aggregate = "aggregate",
        /// A row for each, with masked names, under a neutral title.
        Masked = "masked",
    }
}

words! {
    /// A step that an application goes through, in the pack's order.
    pub enum ReviewStep {
        /// 村（居）评议
        VillageReview = "village_review",
        /// 乡镇（街道）初审
        TownshipReview = "township_review",
        /// 县级审核确认
        CountyDecision = "county_decision",
        /// 市级审核
        CityReview = "city_review",
        /// 省级审核
        ProvinceReview = "province_review",
        /// 公示
        Publicity = "publicity",
    }
}

words! {
    /// How programmes that shut each other out are settled.
    pub enum ExclusionRule {
        /// The first granted one, in the order they are named.
        OneOf = "one_of",
        /// The granted one that pays most in a year; of equals, the one named first.
        HigherOf = "higher_of",
    }
}

words! {
    /// The names of the forms.
    pub enum FormKind {
        /// An amount.
        Flat = "flat",
        /// A rate for each unit.
        PerUnit = "per_unit",
        /// A share of a cost.
        ShareOfCost = "share_of_cost",
        /// Interest on a loan.
        Interest = "interest",
        /// An insurance premium.
        Premium = "premium",
        /// The first so many.
        Quota = "quota",
        /// A service.
        InKind = "in_kind",
    }
}
