//! Faults of values: their kinds and units, their dates, their tables.

use super::{Case, LOAN, PACK, STAY, each};

#[test]
fn each_is_told() {
    each(CASES);
}

const CASES: &[Case] = &[
    // Values.
    (
        PACK,
        &[("\"49 years\"", "\"49\"")],
        &["28:9 `\"49\"` | a number, one space and a unit, such as `100 yuan/day`"],
    ),
    (
        PACK,
        &[("\"49 years\"", "\"49 jahre\"")],
        &[
            "28:9 `\"49 jahre\"` | one of the units yuan, yuan/day, yuan/month, yuan/quarter, yuan/year, yuan/time, yuan/cycle, yuan/person, yuan/child, yuan/household, days, months, quarters, years, times, cycles, persons, children, households, places, grade, %",
        ],
    ),
    (
        PACK,
        &[("\"49 years\"", "\"49.5 years\"")],
        &[
            "28:9 `\"49.5 years\"` | at most 2 decimals of money, 4 of a percentage, none else, and no more than ten billion",
        ],
    ),
    (
        PACK,
        &[("\"49 years\"", "49")],
        &["28:9 `49` | a number, one space and a unit, such as `100 yuan/day`"],
    ),
    (
        PACK,
        &[("\"49 years\"", "\"49 days\"")],
        &["28:9 `\"49 days\"` | a quantity in `years`, as line 49 needs"],
    ),
    (
        PACK,
        &[("\"49 years\"", "\"2022-02-30\"")],
        &["28:9 `\"2022-02-30\"` | a real day written YYYY-MM-DD"],
    ),
    (
        PACK,
        &[("value = \"49 years\"", "")],
        &["26:1 neither `value` nor `table` | one of the two"],
    ),
    (
        PACK,
        &[("\"590 yuan/month\"", "\"590 yuan/day\"")],
        &["22:3 `460 yuan/month` | a quantity in `yuan/day`, as in the first row"],
    ),
    (
        PACK,
        &[
            ("\"590 yuan/month\"", "\"590 yuan/day\""),
            ("\"460 yuan/month\"", "\"460 yuan/day\""),
            ("\"0 yuan/month\"", "\"0 yuan/day\""),
        ],
        &[
            "21:3 `590 yuan/day` | a quantity in `yuan` or `yuan/month`, perhaps by table, as line 65 needs",
        ],
    ),
    (
        PACK,
        &[(
            "[clauses.alive]",
            "[[values.spare]]\nfrom = \"2022-07-01\"\nvalue = \"1 days\"\nassumed = \"x\"\n\n[clauses.alive]",
        )],
        &["36:10 the value `spare`, which nobody uses | only values that are used"],
    ),
    (
        LOAN,
        &[("\"actual/365\"", "\"actual/366\"")],
        &[
            "22:9 `\"actual/366\"` | one of `actual/365`, `actual/360`, `actual/actual-isda`, `30/360`, `30e/360`, `30e/360-isda`, `30/360-us`, `months-and-days`, as line 66 needs",
        ],
    ),
    (
        LOAN,
        &[("\"07-01\"", "\"02-29\"")],
        &["27:9 `\"02-29\"` | a day of every year written MM-DD"],
    ),
    (
        LOAN,
        &[("\"07-01\"", "\"2020-07-01\"")],
        &["27:9 `\"2020-07-01\"` | a day of every year written MM-DD, as line 67 needs"],
    ),
    (
        LOAN,
        &[("share = \"80 %\"", "share = \"101 %\"")],
        &[
            "32:9 `[{ above = \"0 yuan\", share = \"60 %\" }, { above =…` | a percentage of at most `100 %` or tiers of it, perhaps by table, as line 74 needs",
        ],
    ),
    (
        LOAN,
        &[("above = \"0 yuan\"", "above = \"1 yuan\"")],
        &["32:10 `1 yuan` | a first tier above `0 yuan`"],
    ),
    (
        LOAN,
        &[("above = \"10000 yuan\"", "above = \"0 yuan\"")],
        &["32:48 `0 yuan` | a tier above more than `0 yuan`"],
    ),
    (
        LOAN,
        &[("\"3 times\"", "\"3 years\"")],
        &["37:9 `\"3 years\"` | a quantity in `times` or `none`, as line 54 needs"],
    ),
    (
        STAY,
        &[(
            "[\"level_2\", \"level_3\"]\nassumed",
            "[\"level_2\", \"level_4\"]\nassumed",
        )],
        &[
            "37:21 `\"level_4\"` | words out of `unrated`, `level_1`, `level_2`, `level_3`, as line 66 needs",
        ],
    ),
    (
        STAY,
        &[(
            "[\"level_2\", \"level_3\"]\nassumed",
            "[\"level_2\", \"level_2\"]\nassumed",
        )],
        &["37:21 `\"level_2\"` again | each once"],
    ),
    (
        STAY,
        &[("\"C00-C97\"", "\"C97-C00\"")],
        &["48:7 `\"C97-C00\"` | a diagnosis such as `C00-C97`, `N18` or `N18.5`"],
    ),
    (
        STAY,
        &[("value = \"none\"", "value = \"60 yuan\"")],
        &["32:9 `\"60 yuan\"` | a quantity in `days`, as in the entry of line 25"],
    ),
    (
        STAY,
        &[("value = \"both_ends\"", "value = \"one_end\"")],
        &["21:9 `\"one_end\"` | one of `discharge_minus_admission`, `both_ends`, as line 68 needs"],
    ),
    // Dates.
    (
        PACK,
        &[(
            "from = \"2022-07-01\"\nvalue = \"49",
            "from = \"2022-07-02\"\nvalue = \"49",
        )],
        &[
            "27:8 no entry of `minimum_age` in force on 2022-07-01 | one on each day from 2022-07-01 on, as a version needs it",
        ],
    ),
    (
        STAY,
        &[("until = \"2020-01-01\"", "until = \"2019-12-31\"")],
        &[
            "31:8 no entry of `cap` in force on 2019-12-31 | one on each day from 2018-04-01 until 2024-01-01, as a version needs it",
        ],
    ),
    (
        STAY,
        &[("until = \"2020-01-01\"", "until = \"2020-01-02\"")],
        &["26:9 `\"2020-01-02\"` | at most 2020-01-01, where the next entry begins"],
    ),
    (
        STAY,
        &[("until = \"2020-01-01\"", "until = \"2018-04-01\"")],
        &["26:9 `\"2018-04-01\"` | a day after 2018-04-01, its `from`"],
    ),
    (
        STAY,
        &[
            ("until = \"2020-01-01\"\n", ""),
            ("from = \"2020-01-01\"", "from = \"2018-04-01\""),
        ],
        &["30:8 `\"2018-04-01\"` | a day after 2018-04-01, the entry before it"],
    ),
    (
        STAY,
        &[("interrupted = true\n", "")],
        &[
            "72:8 no version in force from 2024-01-01 until 2025-01-01 | no gap, or `interrupted = true`",
        ],
    ),
    (
        STAY,
        &[("until = \"2024-01-01\"\n", "")],
        &[
            "72:15 `interrupted` without a gap | `interrupted` only where the version before ended earlier",
        ],
    ),
    (
        STAY,
        &[("from = \"2025-01-01\"", "from = \"2023-01-01\"")],
        &["53:9 `\"2024-01-01\"` | at most 2023-01-01, where the next version begins"],
    ),
    (
        STAY,
        &[("until = \"2024-01-01\"", "until = \"2018-01-01\"")],
        &["53:9 `\"2018-01-01\"` | a day after 2018-04-01, its `from`"],
    ),
    (
        STAY,
        &[("from = \"2025-01-01\"", "from = \"2018-04-01\"")],
        &["72:8 `\"2018-04-01\"` | a day after 2018-04-01, where the version before begins"],
    ),
    // Tables.
    (
        PACK,
        &[("  { value = \"0 yuan/month\" },\n", "")],
        &[
            "20:9 no row for child_died = false, child_disability_grade of 4 grade | a row for everything",
        ],
    ),
    (
        PACK,
        &[(
            "at_most = \"3 grade\" }, value",
            "at_least = \"4 grade\", at_most = \"3 grade\" }, value",
        )],
        &["22:3 a row that nothing can match | ranges that hold something"],
    ),
    (
        PACK,
        &[("{ child_died = false, child", "{ child")],
        &[
            "22:3 a second row for child_died = true, child_disability_grade from 1 grade to 3 grade | rows that do not overlap: line 21 has it",
        ],
    ),
    (
        PACK,
        &[(
            "at_most = \"3 grade\" }, value",
            "at_most = \"4 grade\" }, value",
        )],
        &["23:3 a last row for what is left, where nothing is | no such row"],
    ),
    (
        PACK,
        &[(
            "at_most = \"3 grade\" }, value",
            "at_most = \"3 years\" }, value",
        )],
        &["22:62 `\"3 years\"` | a quantity in `grade`"],
    ),
    (
        PACK,
        &[("child_died = true, value", "child_died = \"yes\", value")],
        &["21:18 `\"yes\"` | `true` or `false`"],
    ),
    (
        PACK,
        &[("child_died = true, value", "child_dyed = true, value")],
        &["21:5 `child_dyed` | the fact `child_died`"],
    ),
    (
        STAY,
        &[("[\"special\", \"level_1\"]", "[\"special\", \"level_9\"]")],
        &["14:33 `\"level_9\"` | words out of `special`, `level_1`, `level_2`, `level_3`"],
    ),
    (
        STAY,
        &[("  { value = \"110 yuan/day\" },\n", "")],
        &["13:9 no row for nursing_level = level_2, intensive_care = true | a row for everything"],
    ),
];
