//! A simulation's cost by county as an SVG picture: two bars a county, before and after.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::views::ResultView;
use crate::problem::Language;

/// Pixels from the left edge to the bars, for the counties' names.
const NAMES: i64 = 130;
/// Pixels of the longest bar.
const LONGEST: i64 = 520;
/// Pixels behind the longest bar, for its amount.
const AMOUNTS: i64 = 150;
/// Pixels of a bar's height.
const BAR: i64 = 12;
/// Pixels from one county to the next.
const STEP: i64 = 40;
/// Pixels above the first county.
const TOP: i64 = 72;

/// What a county costs before and after, as far as it may be told.
#[derive(Clone, Default)]
struct County {
    name: String,
    before: Option<i64>,
    after: Option<i64>,
}

/// Draws the chart of a programme, or of all together.
pub(super) fn draw(
    result: &ResultView,
    programme: Option<&str>,
    year: i32,
    language: Language,
) -> String {
    let counties = counties(result, programme);
    let most = counties
        .values()
        .flat_map(|county| [county.before, county.after])
        .flatten()
        .max()
        .unwrap_or(0)
        .max(1);
    let title = title(result, programme, year, language);
    let rows = i64::try_from(counties.len()).unwrap_or(0);
    let height = rows
        .saturating_mul(STEP)
        .saturating_add(TOP)
        .saturating_add(16);
    let width = NAMES.saturating_add(LONGEST).saturating_add(AMOUNTS);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>{title}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"12\" y=\"26\" font-size=\"16\">{title}</text>\n"
    );
    legend(&mut svg, language);
    let rows = (0_i64..).map(|place| place.saturating_mul(STEP).saturating_add(TOP));
    for (y, county) in rows.zip(counties.values()) {
        row(&mut svg, y, county, most, language);
    }
    svg.push_str("</svg>\n");
    svg
}

fn counties(result: &ResultView, programme: Option<&str>) -> BTreeMap<String, County> {
    let mut counties: BTreeMap<String, County> = BTreeMap::new();
    let wanted = result
        .programmes
        .iter()
        .filter(|it| programme.is_none_or(|id| it.programme == id));
    for cell in wanted.flat_map(|programme| &programme.counties) {
        let county = counties.entry(cell.county.clone()).or_default();
        county.name.clone_from(&cell.name);
        add(&mut county.before, cell.numbers.before_fen);
        add(&mut county.after, cell.numbers.after_fen);
    }
    counties
}

/// Adds what may be told.
fn add(to: &mut Option<i64>, fen: Option<i64>) {
    if let Some(fen) = fen {
        *to = Some(to.unwrap_or(0).saturating_add(fen));
    }
}

fn title(result: &ResultView, programme: Option<&str>, year: i32, language: Language) -> String {
    let named = result
        .programmes
        .iter()
        .find(|it| programme == Some(it.programme.as_str()));
    let all = match language {
        Language::Chinese => "全部项目",
        Language::English => "All programmes",
    };
    let name = escape(named.map_or(all, |it| it.title.as_str()));
    match language {
        Language::Chinese => format!("{name} {year}年各县支出（元）"),
        Language::English => format!("{name}, {year}: cost by county (yuan)"),
    }
}

const BEFORE: &str = "#8fa3b8";
const AFTER: &str = "#c8553d";

fn legend(svg: &mut String, language: Language) {
    let (before, after) = match language {
        Language::Chinese => ("现行", "草案"),
        Language::English => ("in force", "draft"),
    };
    let _infallible = writeln!(
        svg,
        "<rect x=\"12\" y=\"40\" width=\"12\" height=\"12\" fill=\"{BEFORE}\"/>\
         <text x=\"30\" y=\"50\">{before}</text>\
         <rect x=\"102\" y=\"40\" width=\"12\" height=\"12\" fill=\"{AFTER}\"/>\
         <text x=\"120\" y=\"50\">{after}</text>"
    );
}

fn row(svg: &mut String, y: i64, county: &County, most: i64, language: Language) {
    let middle = y.saturating_add(BAR).saturating_add(4);
    let name = escape(&county.name);
    let _infallible = writeln!(svg, "<text x=\"12\" y=\"{middle}\">{name}</text>");
    let below = y.saturating_add(BAR).saturating_add(2);
    for (y, fen, colour) in [(y, county.before, BEFORE), (below, county.after, AFTER)] {
        let length = fen.map_or(0, |fen| length(fen, most));
        let label = match (fen, language) {
            (Some(fen), _) => sizhu_core::Fen::new(fen).to_string(),
            (None, Language::Chinese) => "不足五户，不予显示".to_owned(),
            (None, Language::English) => "fewer than five, not shown".to_owned(),
        };
        let text_x = NAMES.saturating_add(length).saturating_add(6);
        let text_y = y.saturating_add(BAR).saturating_sub(2);
        let _infallible = writeln!(
            svg,
            "<rect x=\"{NAMES}\" y=\"{y}\" width=\"{length}\" height=\"{BAR}\" fill=\"{colour}\"/>\
             <text x=\"{text_x}\" y=\"{text_y}\" font-size=\"10\">{label}</text>"
        );
    }
}

/// The pixels of a bar.
fn length(fen: i64, most: i64) -> i64 {
    let scaled = i128::from(fen.max(0)).saturating_mul(i128::from(LONGEST));
    let pixels = scaled.checked_div(i128::from(most)).unwrap_or(0);
    i64::try_from(pixels).unwrap_or(LONGEST)
}

/// Text as it may stand in XML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // XML 1.0 has no other control characters.
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            escape("<a href=\"x\">&'\u{1}</a>"),
            "&lt;a href=&quot;x&quot;&gt;&amp;&apos;&lt;/a&gt;"
        );
    }

    #[test]
    fn the_longest_bar_is_the_dearest() {
        assert_eq!(length(500, 500), LONGEST);
        assert_eq!(length(250, 500), LONGEST / 2);
        assert_eq!(length(0, 500), 0);
        assert_eq!(length(i64::MAX, i64::MAX), LONGEST);
    }
}
