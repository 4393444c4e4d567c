//! A simulation's result as CSV (RFC 4180): a row for each programme and county.

use super::views::{CountyView, ProgrammeView, ResultView};

/// The columns, named as in the JSON.
const COLUMNS: [&str; 18] = [
    "programme",
    "title",
    "county",
    "name",
    "granted_before",
    "granted_after",
    "undetermined_before",
    "undetermined_after",
    "before_fen",
    "after_fen",
    "difference_fen",
    "gainers",
    "gain_fen",
    "losers",
    "loss_fen",
    "budget_fen",
    "budget_used_up_before",
    "budget_used_up_after",
];

/// Writes the table.
pub(super) fn write(result: &ResultView) -> String {
    let mut text = String::new();
    line(&mut text, COLUMNS.map(ToOwned::to_owned));
    for programme in &result.programmes {
        for county in &programme.counties {
            line(&mut text, row(programme, county));
        }
    }
    text
}

fn row(programme: &ProgrammeView, county: &CountyView) -> [String; 18] {
    let number = |it: Option<i64>| it.map(|it| it.to_string()).unwrap_or_default();
    let day = |it: Option<sizhu_core::Day>| it.map(|it| it.to_string()).unwrap_or_default();
    let numbers = &county.numbers;
    [
        programme.programme.clone(),
        programme.title.clone(),
        county.county.clone(),
        county.name.clone(),
        number(numbers.granted_before),
        number(numbers.granted_after),
        number(numbers.undetermined_before),
        number(numbers.undetermined_after),
        number(numbers.before_fen),
        number(numbers.after_fen),
        number(numbers.difference_fen),
        number(numbers.gainers),
        number(numbers.gain_fen),
        number(numbers.losers),
        number(numbers.loss_fen),
        number(county.budget_fen),
        day(county.budget_used_up_before),
        day(county.budget_used_up_after),
    ]
}

fn line(text: &mut String, cells: [String; 18]) {
    let cells = cells.map(|cell| escape(&cell));
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// Quotes what must be quoted. Text that a spreadsheet would take for a formula gets an apostrophe
/// before it; numbers, negative ones too, are left as they are.
fn escape(cell: &str) -> String {
    let formula =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<i64>().is_err();
    let cell = if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn cells_are_quoted_and_no_formula_is_left() {
        assert_eq!(escape("特别扶助"), "特别扶助");
        assert_eq!(escape("-120"), "-120");
        assert_eq!(escape("=1+1"), "'=1+1");
        assert_eq!(escape("@a,b"), "\"'@a,b\"");
        assert_eq!(escape("say \"so\""), "\"say \"\"so\"\"\"");
    }
}
