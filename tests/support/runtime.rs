//! Waiting for a future where nothing can be awaited: in `Drop`, in a `OnceLock`, on any thread.

use std::{panic::resume_unwind, thread};

use tokio::runtime::Builder;

/// Runs a future to its end on a thread and a runtime of its own, whatever runtime the caller is on.
///
/// # Panics
/// When the future does, or the runtime cannot be made.
pub fn block_on<T: Send>(future: impl Future<Output = T> + Send) -> T {
    thread::scope(|scope| {
        let work = scope.spawn(|| {
            let runtime = Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(future)
        });
        work.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}
