//! How many requests something takes.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

tokio::task_local! {
    static REQUESTS: Arc<AtomicU64>;
}

/// Does something and says how many requests it sent. What it hands to tasks of their own is not counted.
pub async fn counted<F: Future>(work: F) -> (F::Output, u64) {
    let requests = Arc::new(AtomicU64::new(0));
    let done = REQUESTS.scope(requests.clone(), work).await;
    (done, requests.load(Ordering::Relaxed))
}

/// A request is on its way.
pub(super) fn count() {
    // Where nobody counts there is nothing to add to.
    let _nobody = REQUESTS.try_with(|requests| requests.fetch_add(1, Ordering::Relaxed));
}
