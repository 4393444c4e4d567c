//! Reading a policy: its pack, then the overlays upon it.

use crate::pack::{Document, Fault, format_1, heading, read_overlay, read_pack};

use super::policy::{Policy, SEAM};

impl Policy {
    /// Reads such a text.
    ///
    /// # Errors
    /// All faults of the first part that has any, with lines of the whole text.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let mut parts = parts(text).into_iter();
        let (_, first) = parts.next().unwrap_or_default();
        let pack = if format_1::is_format_1(&first) {
            read_pack(&format_1::translate(&first)?)?
        } else {
            read_pack(&first)?
        };
        let mut overlays = Vec::new();
        for (line, part) in parts {
            let shift = |faults: Vec<Fault>| shifted(faults, line);
            match heading(&part).map_err(shift)?.document {
                Document::Overlay => overlays.push(read_overlay(&part, &pack).map_err(shift)?),
                Document::Pack => {
                    return Err(vec![Fault {
                        line: line.saturating_add(1),
                        column: 1,
                        found: "a second pack".to_owned(),
                        expected: "an overlay".to_owned(),
                    }]);
                }
            }
        }
        Ok(Self::of_parts(text, pack, overlays))
    }
}

/// The parts of a joined text, each with the number of lines before it.
fn parts(text: &str) -> Vec<(usize, String)> {
    let mut parts = vec![(0, String::new())];
    for (line, content) in text.split_inclusive('\n').enumerate() {
        if content.trim_end() == SEAM {
            parts.push((line.saturating_add(1), String::new()));
        } else if let Some((_, part)) = parts.last_mut() {
            part.push_str(content);
        }
    }
    parts
}

fn shifted(faults: Vec<Fault>, lines: usize) -> Vec<Fault> {
    let shift = |fault: Fault| Fault {
        line: fault.line.saturating_add(lines),
        ..fault
    };
    faults.into_iter().map(shift).collect()
}
