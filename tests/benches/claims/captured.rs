//! The statements of claims, as PostgreSQL logged them.

use std::collections::HashMap;

/// One statement as it was executed.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// The text, with `$1` and so on for parameters.
    pub(crate) text: String,
    /// The parameters; none for NULL.
    pub(crate) parameters: Vec<Option<String>>,
}

/// The transactions that took an idempotency key, in order, from a log whose lines begin with the
/// process: each is a claim.
pub(crate) fn claims(log: &str) -> Vec<Vec<Statement>> {
    let mut open: HashMap<&str, Vec<Statement>> = HashMap::new();
    let mut claims = Vec::new();
    for (process, kind, text) in entries(log) {
        let statements = open.entry(process).or_default();
        if kind == "DETAIL" {
            let parameters = text.strip_prefix("parameters: ");
            if let (Some(last), Some(parameters)) = (statements.last_mut(), parameters) {
                last.parameters = values(parameters);
            }
            continue;
        }
        let Some(text) = statement(&text) else {
            continue;
        };
        if text.starts_with("BEGIN") {
            statements.clear();
        }
        let ends = text == "COMMIT";
        statements.push(Statement {
            text,
            parameters: Vec::new(),
        });
        let of_claim = |it: &Statement| it.text.starts_with("INSERT INTO idempotency_records");
        if ends && statements.iter().any(of_claim) {
            claims.push(std::mem::take(statements));
        }
    }
    claims
}

/// Process, kind and text of each entry. What goes on in the next line is indented there.
fn entries(log: &str) -> Vec<(&str, &str, String)> {
    let mut entries: Vec<(&str, &str, String)> = Vec::new();
    for line in log.lines() {
        if let (Some(rest), Some(last)) = (line.strip_prefix('\t'), entries.last_mut()) {
            last.2.push('\n');
            last.2.push_str(rest);
        } else if let Some((head, text)) = line.split_once(":  ")
            && let Some((process, kind)) = head.split_once(' ')
        {
            entries.push((process, kind, text.to_owned()));
        }
    }
    entries
}

/// The statement in an entry `statement: …` or `execute name: …`.
fn statement(entry: &str) -> Option<String> {
    let text = entry.strip_prefix("statement: ").or_else(|| {
        let named = entry.strip_prefix("execute ")?;
        named.split_once(": ").map(|(_, text)| text)
    });
    text.map(|text| text.trim().trim_end_matches(';').to_owned())
}

/// The values in `$1 = 'one', $2 = NULL`, in which a quote is doubled.
fn values(parameters: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    let mut rest = parameters;
    while let Some((_, value)) = rest.split_once(" = ") {
        if let Some(after) = value.strip_prefix("NULL") {
            values.push(None);
            rest = after;
            continue;
        }
        let mut text = String::new();
        let mut letters = value.char_indices().skip(1).peekable();
        let mut end = value.len();
        while let Some((place, letter)) = letters.next() {
            let ends = letter == '\'' && letters.next_if(|(_, next)| *next == '\'').is_none();
            if ends {
                end = place + 1;
                break;
            }
            text.push(letter);
        }
        values.push(Some(text));
        rest = &value[end..];
    }
    values
}
