//! Faults of the text itself: its TOML, its keys and words, where it says it comes from.

use super::{Case, PACK, each};

#[test]
fn each_is_told() {
    each(CASES);
}

const CASES: &[Case] = &[
    // Keys and words.
    (
        PACK,
        &[("period = \"month\"\n", "")],
        &["1:1 no `period` | the key `period`"],
    ),
    (
        PACK,
        &[("period = \"month\"", "period = \"monthly\"")],
        &["6:10 `\"monthly\"` | one of `month`, `quarter`, `year`, `once`, `event`, `stay`"],
    ),
    (
        PACK,
        &[("period =", "perod =")],
        &["6:1 the key `perod` | the key `period`"],
    ),
    (PACK, &[("format = 2", "format = 1")], &["1:10 `1` | `2`"]),
    (
        PACK,
        &[("format = 2", "format = \"2\"")],
        &["1:10 `\"2\"` | `2`"],
    ),
    (
        PACK,
        &[("\"special-assistance\"", "\"Special\"")],
        &["2:13 `\"Special\"` | 3 to 60 characters: lower-case words joined by hyphens"],
    ),
    (
        PACK,
        &[("\"national\"", "\"4\"")],
        &["3:9 `\"4\"` | `national` or the code of a division"],
    ),
    (
        PACK,
        &[("zh = \"本人健在\", ", "")],
        &["37:9 no `zh` | the key `zh`"],
    ),
    (
        PACK,
        &[("zh = \"本人健在\"", "zh = \" \"")],
        &["37:16 `\" \"` | a text in Chinese"],
    ),
    (
        PACK,
        &[("zh = \"本人健在\"", "zh = \"本人\\u202E健在\"")],
        &["37:16 the hidden character U+202E | characters that can be seen"],
    ),
    (
        PACK,
        &[("zh = \"本人健在\"", "zh = \"本人\u{202E}健在\"")],
        &["37:19 the hidden character U+202E | characters that can be seen"],
    ),
    (
        PACK,
        &[("class = \"official\"", "class = \"law\"")],
        &["14:9 `\"law\"` | one of `report`, `official`, `press`, `mirror`, `general`, `derived`"],
    ),
    (
        PACK,
        &[("class = \"official\"", "class = \"official\"\nyear = 2022")],
        &["15:1 the key `year` | one of the keys `instrument`, `article`, `address`, `class`"],
    ),
    (
        PACK,
        &[("fetched = true", "fetched = \"yes\"")],
        &["70:11 `\"yes\"` | `true` or `false`"],
    ),
    // Toml.
    (
        PACK,
        &[("period = \"month\"", "period = \"month")],
        &["6:16 invalid basic string | `\"`"],
    ),
    (
        PACK,
        &[(
            "payee = \"person\"",
            "payee = \"person\"\npayee = \"household\"",
        )],
        &["59:1 the key `payee` again | each key once"],
    ),
    // Sources.
    (
        PACK,
        &[(
            "source = \"notice_2022\"\nart",
            "source = \"notice_2023\"\nart",
        )],
        &["18:10 `\"notice_2023\"` | the source `notice_2022`"],
    ),
    (
        PACK,
        &[("source = \"notice_2022\"\nart", "art")],
        &[
            "16:1 neither `source` nor `assumed` | `source`, the name of a source, or `assumed`, the reason",
        ],
    ),
    (
        PACK,
        &[(
            "assumed = \"No source gives the days.\"",
            "assumed = \"x\"\nsource = \"notice_2022\"",
        )],
        &["31:1 `source` and `assumed` | one of the two"],
    ),
    (
        PACK,
        &[("assumed = \"No source gives the days.\"", "assumed = \"\"")],
        &["34:11 `\"\"` | the reason of the assumption"],
    ),
    (
        PACK,
        &[(
            "[[values.monthly",
            "[sources.other]\ninstrument = \"x\"\nclass = \"press\"\n\n[[values.monthly",
        )],
        &["16:10 the source `other`, on which nothing rests | only sources that are used"],
    ),
];
