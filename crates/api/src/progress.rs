//! How far long work is: a bar where standard error is a terminal, a line now and then where it is not.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

/// Lines told of the whole, where there is no bar.
const LINES: u64 = 20;

/// How far some work is. Threads may share it.
#[derive(Debug)]
pub(crate) struct Progress {
    /// What is counted, as `residents`.
    what: &'static str,
    total: u64,
    done: AtomicU64,
    /// None where standard error is no terminal.
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Work on so many of something, none of which is done.
    pub(crate) fn new(what: &'static str, total: u64) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total).with_message(what);
            let style = "{bar:40} {pos}/{len} {msg}, {elapsed} gone, {eta} to go";
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style);
            }
            bar
        });
        Self {
            what,
            total,
            done: AtomicU64::new(0),
            bar,
        }
    }

    /// So many more are done.
    pub(crate) fn add(&self, more: u64) {
        let before = self.done.fetch_add(more, Ordering::Relaxed);
        let done = before.saturating_add(more);
        if let Some(bar) = &self.bar {
            bar.set_position(done);
        } else if self.line_of(before) != self.line_of(done) {
            // Nothing is lost but news if even that cannot be written.
            let _ = writeln!(io::stderr(), "{done} of {} {}", self.total, self.what);
        }
    }

    /// Which of the lines is due.
    fn line_of(&self, done: u64) -> u64 {
        done.saturating_mul(LINES)
            .checked_div(self.total)
            .unwrap_or_default()
    }

    /// Writes something else, with the bar out of the way.
    pub(crate) fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the bar away, so that others may write.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_few_and_the_last_is_told() {
        let progress = Progress::new("lines", 100_000);
        let lines: std::collections::BTreeSet<u64> = (0..=1_000)
            .map(|group| progress.line_of(group * 100))
            .collect();
        assert_eq!(lines.len(), 21);
        assert_eq!(progress.line_of(100_000), LINES);
        assert_eq!(Progress::new("lines", 0).line_of(0), 0);
    }
}
