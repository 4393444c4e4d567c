//! Faults of a text as a whole: many at once, too long, too deep; of headings and of overlays.

use super::*;

#[test]
fn ten_faults_are_ten() {
    let text = changed(
        PACK,
        &[
            ("format = 2", "format = 3"),
            ("help = \"hardship\"", "help = \"money\""),
            ("class = \"official\"", "class = \"law\""),
            ("\"590 yuan/month\"", "\"590\""),
            ("\"49 years\"", "\"49 days\""),
            ("\"7 days\"", "\"7 months\""),
            ("fact = \"alive\"", "fact = \"alife\""),
            ("memo = \"特别扶助\"", "memo = \"扶助\""),
            ("fetched = true", "fetchd = true"),
            ("fact = \"marital_status\"", "fact = \"quota_taken\""),
        ],
    );
    assert_eq!(
        told(&text),
        [
            "1:10 `3` | `2`",
            "4:8 `\"money\"` | one of `illness`, `hardship`, `distress`, `old_age`",
            "14:9 `\"law\"` | one of `report`, `official`, `press`, `mirror`, `general`, `derived`",
            "21:32 `\"590\"` | a number, one space and a unit, such as `100 yuan/day`",
            "28:9 `\"49 days\"` | a quantity in `years`, as line 49 needs",
            "33:9 `\"7 months\"` | a quantity in `days`, as line 57 needs",
            "38:8 `\"alife\"` | the fact `alive`",
            "59:8 `\"扶助\"` | exactly four characters",
            "70:1 the key `fetchd` | the key `fetched`",
            "73:8 `quota_taken`, of the scope `record` | a fact that an applicant can know",
        ]
    );
}

#[test]
fn what_is_no_toml_is_told_with_the_rest() {
    let text = changed(
        PACK,
        &[
            ("period = \"month\"", "period = month"),
            ("memo = \"特别扶助\"", "memo = \"扶助\""),
        ],
    );
    assert_eq!(
        told(&text),
        [
            "6:10 string values must be quoted | literal string",
            "59:8 `\"扶助\"` | exactly four characters",
        ]
    );
    assert_eq!(told("\u{FEFF}format = 2").len(), 1);
    assert!(!told("[").is_empty());
}

#[test]
fn texts_are_bounded() {
    let long = format!("{PACK}# {}\n", "x".repeat(262_144));
    assert_eq!(
        told(&long),
        [format!(
            "1:1 a text of {} bytes | at most 262144 bytes",
            long.len()
        )]
    );
    // Many tables in each other would need more stack than a thread has.
    let dots = vec!["a"; 79].join(".");
    let quoted = vec!["\"a\""; 79].join(".");
    for key in [dots, quoted] {
        let deep = format!("{}1{}", format!("{key} = {{ ").repeat(79), " }".repeat(79));
        let faults = told(&deep);
        assert!(
            faults[0].ends_with("| keys of at most 4 parts"),
            "{faults:?}"
        );
    }
    let brackets = format!("x = {}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(!told(&brackets).is_empty());
}

#[test]
fn addresses_and_sentences_are_not_taken_for_keys() {
    let text = changed(
        PACK,
        &[
            ("rypyw.com/", "www.a.b.c.d.e.gov.cn/?q=1.2.3.4&x.y=/"),
            (
                "en = \"A monthly",
                "en = \"The couple's. The parents'. A. B. C. D. E. F. A monthly",
            ),
        ],
    );
    assert_eq!(told(&text), Vec::<String>::new());
}

#[test]
fn trees_are_bounded() {
    let deep = format!(
        "all = [\"alive\", {}{{ fact = \"alive\", is = false }}{}",
        "{ not = ".repeat(30),
        " }".repeat(30)
    );
    let text = changed(PACK, &[("all = [\"alive\"", &deep)]);
    let faults = told(&text);
    assert!(
        faults[0].ends_with("| conditions at most 24 deep"),
        "{faults:?}"
    );

    // Each clause rests six times on the one before.
    let clause = |number: usize| {
        let part = |fact: &str| format!("{{ any = [\"c{number}\", {{ fact = \"{fact}\" }}] }}");
        let facts = [
            "registered",
            "child_died",
            "child_disabled",
            "low_income",
            "programme_member",
            "family_kept_policy",
        ];
        let parts = facts.map(part).join(", ");
        let next = number.saturating_add(1);
        format!("[clauses.c{next}]\n{TITLE}\nall = [{parts}]\nassumed = \"x\"\n\n")
    };
    let first = format!("[clauses.c0]\n{TITLE}\nfact = \"alive\"\nassumed = \"x\"\n\n");
    for count in [3, 5] {
        let clauses: String = (0..count).map(clause).collect();
        let text = changed(
            PACK,
            &[
                (
                    "[clauses.alive]",
                    &format!("{first}{clauses}[clauses.alive]"),
                ),
                (
                    "all = [\"alive\"",
                    &format!("all = [\"c{count}\", \"alive\""),
                ),
            ],
        );
        let faults = told(&text);
        match count {
            3 => assert!(faults.is_empty(), "{faults:?}"),
            _ => assert!(faults[0].ends_with("| at most 5000"), "{faults:?}"),
        }
    }
}

const TITLE: &str = "title = { zh = \"甲\", en = \"A\" }";

#[test]
fn tables_are_bounded() {
    let row = |number: usize| {
        let next = number.saturating_add(1);
        format!(
            "{{ children_born = {{ at_least = \"{number} children\", at_most = \"{number} children\" }}, \
             children_living = {{ at_least = \"{next} children\", at_most = \"{next} children\" }}, \
             value = \"1 yuan/month\" }},\n"
        )
    };
    let rows: String = (0..30).map(row).collect();
    let text = changed(
        PACK,
        &[(
            "  { child_died = true, value",
            &format!("{rows}  {{ child_died = true, value"),
        )],
    );
    let faults = told(&text);
    let expected = "| at most 2000 combinations of what the rows tell apart";
    assert!(
        faults.iter().any(|fault| fault.ends_with(expected)),
        "{faults:?}"
    );
}

#[test]
fn long_lists_in_tables_are_told_apart_by_kind() {
    let code = |number: usize| {
        format!(
            "\"{}{:02}\"",
            char::from(b'A' + u8::try_from(number % 26).unwrap()),
            number / 26
        )
    };
    let list = |from: usize| (from..from + 300).map(code).collect::<Vec<_>>().join(", ");
    let table = |first: &str, second: &str| {
        let rows = format!(
            "table = [\n{{ diagnosis = [{first}], value = \"120 yuan/day\" }},\n\
             {{ diagnosis = [{second}], hospital_level = \"level_3\", value = \"110 yuan/day\" }},\n\
             {{ value = \"100 yuan/day\" }},\n]\n"
        );
        let start = STAY.find("table = [").unwrap();
        let end = STAY.find("[[values.counting]]").unwrap();
        format!("{}{rows}\n{}", &STAY[..start], &STAY[end..])
    };
    assert_eq!(told(&table(&list(0), &list(300))), Vec::<String>::new());
    let overlap = told(&table(&list(0), &list(299)));
    assert_eq!(overlap.len(), 1, "{overlap:?}");
    assert!(
        overlap[0].contains("a second row for other values of diagnosis"),
        "{overlap:?}"
    );
}

#[test]
fn headings_are_read_alone() {
    let pack = heading(PACK).unwrap();
    assert_eq!(pack.document, Document::Pack);
    assert_eq!(
        (pack.programme.as_str(), pack.place),
        ("special-assistance", Place::National)
    );
    let overlay = heading("format = 2\noverlay = \"a-b\"\nplace = \"4301\"\nrest = 1\n").unwrap();
    assert_eq!(overlay.document, Document::Overlay);
    assert_eq!(overlay.place.as_str(), "4301");
    let wrong = heading("format = 2\nplace = \"43\"\n").unwrap_err();
    assert_eq!(
        wrong[0].to_string(),
        "line 1, column 1: found neither, expected one of the keys `programme` and `overlay`"
    );
}

const OVERLAY: &str = r#"format = 2
overlay = "special-assistance"
place = "4301"

[[values.monthly_amount]]
from = "2016-01-01"
until = "2020-01-01"
value = "800 yuan/month"
assumed = "A test."

[[values.minimum_age]]
from = "2030-01-01"
value = "45 years"
assumed = "A test."
"#;

fn told_of_overlay(changes: &[Change<'_>]) -> Vec<String> {
    let base = read_pack(PACK).unwrap();
    let faults = read_overlay(&changed(OVERLAY, changes), &base).err();
    let faults = faults.unwrap_or_default().into_iter();
    faults
        .map(|it| format!("{}:{} {} | {}", it.line, it.column, it.found, it.expected))
        .collect()
}

#[test]
fn overlays_fit_their_pack() {
    assert_eq!(told_of_overlay(&[]), Vec::<String>::new());
    let cases: &[(Change<'_>, &str)] = &[
        (
            ("\"special-assistance\"", "\"other\""),
            "2:11 `\"other\"` | `special-assistance`, the programme of the pack",
        ),
        (
            ("\"4301\"", "\"national\""),
            "3:9 `\"national\"` | a division within `national`, the pack's place",
        ),
        (
            ("values.monthly_amount", "values.month_amount"),
            "5:10 `month_amount` | the value `monthly_amount` of the pack",
        ),
        (
            ("800 yuan/month", "800 yuan/day"),
            "8:9 `\"800 yuan/day\"` | a quantity in `yuan/month`, as in the pack",
        ),
        (
            ("\"800 yuan/month\"", "\"none\""),
            "8:9 `\"none\"` | a quantity in `yuan` or `yuan/month`, perhaps by table, as the pack needs",
        ),
        (
            (
                "value = \"45 years\"",
                "table = [{ sex = \"male\", value = \"45 years\" }, { value = \"40 years\" }]",
            ),
            "13:9 `[{ sex = \"male\", value = \"45 years\" }, { value =…` | a quantity in `years`, as the pack needs",
        ),
        (
            ("until = \"2020-01-01\"", "until = \"2015-01-01\""),
            "7:9 `\"2015-01-01\"` | a day after 2016-01-01, its `from`",
        ),
        (
            ("format = 2", "format = 2\nhelp = \"hardship\""),
            "2:1 the key `help` | one of the keys `format`, `overlay`, `place`, `sources`, `values`",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(told_of_overlay(&[*change]), [*expected]);
    }
}
