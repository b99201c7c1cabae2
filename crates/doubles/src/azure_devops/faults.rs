//! What goes wrong on demand, and what was asked.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

/// How bad credentials look (integrations §2.8.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Disguise {
    /// 401 with the service's own error.
    #[default]
    Json401,
    /// 401 with a page.
    Html401,
    /// 203 with a sign-in page.
    Html203,
    /// 302 to the sign-in page.
    Redirect302,
    /// 200 with a sign-in page.
    Html200,
}

/// Something that goes wrong with requests whose path contains a text.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Part of the path; empty for every request.
    pub path: String,
    /// How many requests it hits before it is over; none for ever.
    pub times: Option<u32>,
    /// What happens.
    pub kind: FaultKind,
}

/// What happens.
#[derive(Debug, Clone)]
pub enum FaultKind {
    /// An error in the service's form.
    Error(u16, String),
    /// 429 that asks to wait so many seconds.
    Limited(u64),
    /// 429 that asks to wait until a date so many seconds after the answer's own.
    LimitedUntil(u64),
    /// A good answer that asks to wait so many seconds before the next request.
    Slowed(u64),
    /// A good answer that ends half-way.
    CutOff,
    /// 200 with another content type.
    Html,
    /// A good answer with so many bytes of padding.
    Large(usize),
    /// A good answer after a while.
    Late(Duration),
    /// A good answer, a few bytes at a time.
    Drip(Duration),
    /// A redirect to another address.
    Redirect(String),
    /// Status 503 without a body.
    Overload,
    /// A good answer as soon as it is let go.
    Held(Arc<Gate>),
}

/// Where a request waits until it is let go.
#[derive(Debug, Default)]
pub struct Gate {
    arrived: Notify,
    opened: Notify,
}

impl Gate {
    /// Ends when a request has come here.
    pub async fn waits(&self) {
        self.arrived.notified().await;
    }

    /// Lets the request go on.
    pub fn release(&self) {
        self.opened.notify_one();
    }

    pub(super) async fn pass(&self) {
        self.arrived.notify_one();
        self.opened.notified().await;
    }
}

/// A request that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The method.
    pub method: String,
    /// The path below the account.
    pub path: String,
    /// The query.
    pub query: String,
    /// The answer's status.
    pub status: u16,
}

/// The faults that are set, in the order in which they were.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that hits this path, if any; counts it.
    pub(super) fn hit(&mut self, path: &str) -> Option<FaultKind> {
        let fault = self.0.iter_mut().find(|fault| path.contains(&fault.path) && fault.times != Some(0))?;
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        Some(fault.kind.clone())
    }
}
