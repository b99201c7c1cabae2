//! How often somebody may try a password or a one-time link: per account and address, and per address.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use northing_core::values::Moment;

use crate::error::{Error, Result};

/// The span in which attempts are counted.
const SPAN_MILLIS: i64 = 5 * 60_000;
/// Wrong passwords for one account from one address.
const PER_ACCOUNT: u32 = 5;
/// Links that lead nowhere, from one address.
const PER_LINK: u32 = 20;
/// Both together from one address.
const PER_ADDRESS: u32 = 50;
/// What links count under: no mail address looks like this.
const LINK: &str = "\nlink";
/// Entries beyond which those that are over are thrown out.
const MOST: usize = 10_000;

/// Counts failed attempts. Kept by each node for itself: the limit is about guessing, not about bookkeeping.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<HashMap<String, (Moment, u32)>>);

fn keys(account: &str, address: &str) -> [(String, u32); 2] {
    let most = if account == LINK { PER_LINK } else { PER_ACCOUNT };
    [(format!("{address}\n{account}"), most), (address.to_owned(), PER_ADDRESS)]
}

impl Attempts {
    /// Counts an attempt at a link.
    pub(crate) fn begin_link(&self, address: &str, now: Moment) -> Result<u32> {
        self.begin(LINK, address, now)
    }

    /// The link was good: it does not count.
    pub(crate) fn link_succeeded(&self, address: &str) {
        self.succeeded(LINK, address);
    }

    /// Counts an attempt, before it is known whether it is right: many at once count as many. How many are left after it.
    pub(crate) fn begin(&self, account: &str, address: &str, now: Moment) -> Result<u32> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |since: Moment| now.millis().saturating_sub(since.millis());
        for (key, most) in keys(account, address) {
            if let Some((since, count)) = seen.get(&key)
                && *count >= most
                && age(*since) < SPAN_MILLIS
            {
                let millis = SPAN_MILLIS.saturating_sub(age(*since)).max(0);
                return Err(Error::TooMany { seconds: u64::try_from(millis / 1000).unwrap_or(0) + 1 });
            }
        }
        if seen.len() > MOST {
            seen.retain(|_, (since, _)| age(*since) < SPAN_MILLIS);
        }
        let mut left = u32::MAX;
        for (key, most) in keys(account, address) {
            let entry = seen.entry(key).or_insert((now, 0));
            if age(entry.0) >= SPAN_MILLIS {
                *entry = (now, 0);
            }
            entry.1 = entry.1.saturating_add(1);
            left = left.min(most.saturating_sub(entry.1));
        }
        Ok(left)
    }

    /// The attempt was right: it does not count, and the account starts anew.
    pub(crate) fn succeeded(&self, account: &str, address: &str) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.remove(&format!("{address}\n{account}"));
        if let Some((_, count)) = seen.get_mut(address) {
            *count = count.saturating_sub(1);
        }
    }
}
