//! Faults of conditions: names, tests, circles, and what can never hold.

use super::{Case, LOAN, PACK, STAY, each};

#[test]
fn each_is_told() {
    each(CASES);
}

const CASES: &[Case] = &[
    // Conditions.
    (
        PACK,
        &[("fact = \"alive\"", "fact = \"alife\"")],
        &["38:8 `\"alife\"` | the fact `alive`"],
    ),
    (
        PACK,
        &[("\"alive\", \"special_family\"", "\"alive\", \"alive\"")],
        &[
            "41:10 the clause `special_family`, which nothing uses | only clauses that are used",
            "55:33 `\"alive\"` again | each condition once",
        ],
    ),
    (
        PACK,
        &[(
            "\"alive\", \"special_family\"",
            "\"alive\", \"special_famly\"",
        )],
        &["55:33 `\"special_famly\"` | the clause `special_family`"],
    ),
    (
        PACK,
        &[("\"alive\", \"special_family\"", "\"alive\"")],
        &["41:10 the clause `special_family`, which nothing uses | only clauses that are used"],
    ),
    (
        PACK,
        &[(
            "age_at_least = \"minimum_age\"",
            "age_at_least = \"minimum_aeg\"",
        )],
        &["49:16 `\"minimum_aeg\"` | the value `minimum_age`"],
    ),
    (
        PACK,
        &[(
            "age_at_least = \"minimum_age\"",
            "age_at_least = \"49 days\"",
        )],
        &["49:16 `\"49 days\"` | a quantity in `years`"],
    ),
    (
        PACK,
        &[(
            "age_at_least = \"minimum_age\"",
            "at_least = \"minimum_age\"",
        )],
        &[
            "49:12 `at_least` of `wife_born_on`, a day | one of `on_or_after`, `before`, `age_at_least`, `age_below`, `days_since_at_least`, `days_since_at_most`, `at_least_fact`, `below_fact`",
        ],
    ),
    (
        PACK,
        &[(
            "age_at_least = \"minimum_age\"",
            "age_at_least = \"minimum_age\"\nage_below = \"60 years\"",
        )],
        &[
            "48:8 `age_at_least`, `age_below` | one of `on_or_after`, `before`, `age_at_least`, `age_below`, `days_since_at_least`, `days_since_at_most`, `at_least_fact`, `below_fact`",
        ],
    ),
    (
        PACK,
        &[("age_at_least = \"minimum_age\"", "")],
        &[
            "48:8 no test of `wife_born_on` | one of `on_or_after`, `before`, `age_at_least`, `age_below`, `days_since_at_least`, `days_since_at_most`, `at_least_fact`, `below_fact`",
        ],
    ),
    (
        PACK,
        &[(
            "fact = \"alive\"",
            "fact = \"alive\"\nall = [\"special_family\"]",
        )],
        &["36:1 `all`, `fact` | one of `all`, `any`, `not`, `fact`"],
    ),
    (
        PACK,
        &[
            ("fact = \"alive\"", "any = [\"minimum_age\"]"),
            (
                "fact = \"wife_born_on\"\nage_at_least = \"minimum_age\"",
                "not = \"alive\"",
            ),
        ],
        &[
            "26:10 the value `minimum_age`, which nobody uses | only values that are used",
            "38:8 a circle: alive > minimum_age > alive | clauses that do not rest on themselves",
        ],
    ),
    (
        LOAN,
        &[("is = \"production\"", "is = \"produce\"")],
        &[
            "43:33 `\"produce\"` | the name of a value or one of `production`, `education`, `medical`, `debt`, `consumption`, `gambling`, `other`",
        ],
    ),
    (
        LOAN,
        &[("below_fact = \"mean_income\"", "below_fact = \"loan_rate\"")],
        &["45:44 `\"loan_rate\"` | another fact in `yuan`, as `income_per_head` is"],
    ),
    (
        LOAN,
        &[("on_or_after = \"2020-07-01\"", "in = [\"4301\"]")],
        &[
            "44:30 `in` of `loan_from`, a day | one of `on_or_after`, `before`, `age_at_least`, `age_below`, `days_since_at_least`, `days_since_at_most`, `at_least_fact`, `below_fact`",
        ],
    ),
    // More conditions.
    (
        PACK,
        &[("fact = \"alive\"", "any = [\"alive\"]")],
        &["38:8 a circle: alive > alive | clauses that do not rest on themselves"],
    ),
    (
        PACK,
        &[("fact = \"alive\"", "all = []")],
        &["38:7 `[]` | a list of conditions"],
    ),
    (
        PACK,
        &[("fact = \"alive\"", "fact = \"alive\"\nis = \"yes\"")],
        &["39:6 `\"yes\"` | `true` or `false`"],
    ),
    (
        PACK,
        &[(
            "any = [{ fact = \"child_died\" }, ",
            "any = [{ fact = \"child_died\", not = \"alive\" }, ",
        )],
        &["43:8 `not`, `fact` | one of `all`, `any`, `not`, `fact`"],
    ),
    (
        LOAN,
        &[
            (
                "[clauses.production]",
                "[[values.medical]]\nfrom = \"2020-07-01\"\nvalue = [\"medical\"]\nassumed = \"x\"\n\n[clauses.production]",
            ),
            ("is = \"production\"", "in = \"medical\""),
        ],
        &["48:33 `medical`, a value and a word | the value's name to be no word of the fact"],
    ),
    (
        LOAN,
        &[("is = \"production\"", "in = [\"production\", \"gamble\"]")],
        &[
            "43:48 `\"gamble\"` | words out of `production`, `education`, `medical`, `debt`, `consumption`, `gambling`, `other`",
        ],
    ),
    (
        STAY,
        &[("in = [\"C00-C97\", \"N18\"]", "in = [\"4301\"]")],
        &["48:6 `[\"4301\"]` | a list of diagnoses"],
    ),
    (
        PACK,
        &[(
            "at_most = \"3 grade\" }]",
            "at_most = \"none\" }, { fact = \"child_disability_grade\", at_least = \"none\" }]",
        )],
        &["43:134 `\"none\"` | the name of a value or a quantity in `grade`"],
    ),
    // Conditions that cannot hold.
    (
        PACK,
        &[(
            "all = [\"alive\"",
            "all = [{ fact = \"wife_born_on\", age_below = \"49 years\" }, \"alive\"",
        )],
        &["55:102 `\"minimum_age\"` | a condition that can hold beside the others on 2022-07-01"],
    ),
    (
        PACK,
        &[(
            "all = [\"alive\"",
            "all = [{ fact = \"alive\", is = false }, \"alive\"",
        )],
        &["55:56 `\"alive\"` | a condition that can hold beside the others on 2022-07-01"],
    ),
    (
        PACK,
        &[(
            "at_most = \"3 grade\" }]",
            "at_most = \"3 grade\" }, { all = [{ fact = \"sex\", is = \"male\" }, { fact = \"sex\", is = \"female\" }] }]",
        )],
        &["43:140 `\"sex\"` | a condition that can hold beside the others on 2022-07-01"],
    ),
    (
        LOAN,
        &[(
            "eligibility = \"production\"",
            "eligibility = { all = [\"production\", { not = { fact = \"loan_purpose\", in = [\"production\", \"other\"] } }] }",
        )],
        &["52:55 `\"loan_purpose\"` | a condition that can hold beside the others on 2020-07-01"],
    ),
    (
        STAY,
        &[(
            "when = \"illness\"",
            "when = { all = [\"illness\", { fact = \"diagnosis\", in = [\"I60-I64\"] }] }",
        )],
        &["86:37 `\"diagnosis\"` | a condition that can hold beside the others on 2025-01-01"],
    ),
];
