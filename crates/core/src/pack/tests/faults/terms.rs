//! Faults of the terms and of the forms of entitlement.

use super::{Case, LOAN, PACK, STAY, each};

#[test]
fn each_is_told() {
    each(CASES);
}

const CASES: &[Case] = &[
    // Terms.
    (
        PACK,
        &[("memo = \"特别扶助\"", "memo = \"特别扶\"")],
        &["59:8 `\"特别扶\"` | exactly four characters"],
    ),
    (
        PACK,
        &[("memo = \"特别扶助\"\n", "")],
        &["52:1 no `memo` | the key `memo`, four characters"],
    ),
    (
        PACK,
        &[("payee = \"person\"", "payee = \"nobody\"")],
        &["59:8 `\"特别扶助\"` | no `memo` where nobody is paid"],
    ),
    (
        PACK,
        &[(
            "payee = \"person\"\nmemo = \"特别扶助\"",
            "payee = \"nobody\"",
        )],
        &["52:1 the payee `nobody` | someone who is paid: an entitlement is money"],
    ),
    (
        PACK,
        &[("payee = \"person\"", "payee = \"insurer\"")],
        &["52:1 the payee `insurer` | `insurer` only where there is a `premium`"],
    ),
    (
        PACK,
        &[
            ("form = \"flat\"", "form = \"in_kind\""),
            (
                "amount = \"monthly_amount\"",
                "service = { zh = \"服务\", en = \"A service\" }",
            ),
        ],
        &[
            "16:10 the value `monthly_amount`, which nobody uses | only values that are used",
            "52:1 the payee `person` | `nobody`: no entitlement is money",
        ],
    ),
    (
        PACK,
        &[("mode = \"aggregate\"", "mode = \"masked\"")],
        &[
            "57:13 `masked` where `child_died` decides | `aggregate` or `none`: a masked row would tell of the family",
        ],
    ),
    (
        PACK,
        &[("mode = \"aggregate\"", "mode = \"none\"")],
        &[
            "56:10 `[\"village_review\", \"publicity\", \"township_review…` | no step `publicity` where `mode` is `none`",
            "57:87 `\"publicity_days\"` | no `days` where nothing is posted",
        ],
    ),
    (
        PACK,
        &[(", days = \"publicity_days\"", "")],
        &[
            "31:10 the value `publicity_days`, which nobody uses | only values that are used",
            "57:13 no `days` | the name of a value in `days`",
        ],
    ),
    (
        PACK,
        &[("zh = \"惠民补助\"", "zh = \"重病补助\"")],
        &["57:13 a title for the public with `重病` | a neutral title, which gives no family away"],
    ),
    (
        PACK,
        &[("[\"village_review\", \"pub", "[\"pub")],
        &["56:11 `publicity` | another step before `publicity`"],
    ),
    (
        PACK,
        &[(
            "\"township_review\", \"publicity\"",
            "\"village_review\", \"publicity\"",
        )],
        &["56:42 `village_review` again | each step once"],
    ),
    (
        PACK,
        &[(
            "review = [\"village_review\", \"publicity\", \"township_review\", \"publicity\", \"county_decision\"]",
            "review = []",
        )],
        &["56:10 `[]` | a list of steps of review"],
    ),
    (
        PACK,
        &[("fact = \"marital_status\"", "fact = \"times_received\"")],
        &["73:8 `times_received`, of the scope `record` | a fact that an applicant can know"],
    ),
    (
        PACK,
        &[(
            "required = true",
            "required = true\n\n[[versions.inputs]]\nfact = \"marital_status\"\nrequired = false",
        )],
        &["77:8 `marital_status` again | each fact once"],
    ),
    (
        PACK,
        &[(
            "fetched = true",
            "fetched = true\n\n[[versions.evidence]]\nid = \"citizen_id\"\ntitle = { zh = \"证\", en = \"Card\" }\nfetched = false",
        )],
        &["73:6 `citizen_id` again | an id of its own"],
    ),
    (
        PACK,
        &[(
            "[[versions.evidence]]",
            "[[versions.entitlements]]\nid = \"monthly\"\ntitle = { zh = \"金\", en = \"More\" }\nform = \"flat\"\namount = \"monthly_amount\"\n\n[[versions.evidence]]",
        )],
        &["68:6 `monthly` again | an id of its own"],
    ),
    (
        LOAN,
        &[("\"third-interest\"", "\"other-interest\"")],
        &["53:59 `other-interest` again | each programme once"],
    ),
    // Forms.
    (
        PACK,
        &[("form = \"flat\"", "form = \"interest\"")],
        &[
            "61:1 no `day_count` | the key `day_count`",
            "61:1 no `principal_cap` | the key `principal_cap`",
            "61:1 no `rate_cap` | the key `rate_cap`",
            "61:1 no `window_start` | the key `window_start`",
            "64:8 `\"interest\"` | `interest` only in a programme with `subject = \"loan\"`",
            "65:1 the key `amount` | one of the keys `id`, `title`, `form`, `when`, `principal_cap`, `principal_cap_per_household_led`, `rate_cap`, `day_count`, `window_start`, `paid`, `grace`",
        ],
    ),
    (
        STAY,
        &[("form = \"per_unit\"", "form = \"quota\"")],
        &[
            "61:1 no `amount` | the key `amount`",
            "61:1 no `places` | the key `places`",
            "64:8 `\"quota\"` | `per_unit`, `flat` or `share_of_cost` in a programme of stays",
            "65:1 the key `units` | one of the keys `id`, `title`, `form`, `when`, `amount`, `places`",
            "67:1 the key `rate` | one of the keys `id`, `title`, `form`, `when`, `amount`, `places`",
            "68:1 the key `counting` | one of the keys `id`, `title`, `form`, `when`, `amount`, `places`",
            "69:1 the key `cap_per_year` | one of the keys `id`, `title`, `form`, `when`, `amount`, `places`",
        ],
    ),
    (
        STAY,
        &[("units = \"stay_days\"", "units = \"service_days\"")],
        &["65:9 `\"service_days\"` | `stay_days` in a programme of stays"],
    ),
    (
        STAY,
        &[(
            "eligibility = \"status\"",
            "eligibility = { all = [\"status\", \"illness\"] }",
        )],
        &[
            "47:8 `diagnosis`, a fact of the stay | facts of the person in the eligibility of a programme of stays: what turns on a stay goes into `when` of an entitlement",
        ],
    ),
    (
        STAY,
        &[(
            "memo = \"护理补贴\"",
            "memo = \"护理补贴\"\nlimits = { per_year = \"cap\" }",
        )],
        &[
            "60:10 `limits` | `cap_per_stay`, `cap_per_year` and `cap_lifetime` of the entitlements in a programme of stays",
        ],
    ),
    (
        PACK,
        &[(
            "all = [\"alive\"",
            "all = [{ fact = \"nursing_level\", is = \"special\" }, \"alive\"",
        )],
        &[
            "55:33 `nursing_level`, a fact of the day | facts of a day only in `when` and `rate` of an entitlement by `stay_days` in a programme of stays",
        ],
    ),
    (
        PACK,
        &[(
            "form = \"flat\"",
            "form = \"per_unit\"\nunits = \"service_months\"\nrate = \"publicity_days\"",
        )],
        &[
            "16:10 the value `monthly_amount`, which nobody uses | only values that are used",
            "33:9 `\"7 days\"` | a quantity in `yuan/month`, perhaps by table, as line 66 needs",
            "67:1 the key `amount` | one of the keys `id`, `title`, `form`, `when`, `rate`, `units`, `free`, `cap`",
        ],
    ),
];
