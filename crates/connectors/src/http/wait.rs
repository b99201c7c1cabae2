//! `Retry-After` in both of its forms (RFC 9110 §10.2.3).

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The longest wait that is taken at its word.
const LONGEST: Duration = Duration::from_hours(24);

/// How long an answer asks to wait: seconds, or a date. A date is read against the answer's own `Date`, so that clocks that
/// differ do no harm; without one a minute is waited.
pub(super) fn asked_for(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok().map(|wait| wait.min(LONGEST));
    }
    let until = http_date(text)?;
    let now = headers.get(DATE).and_then(|date| http_date(date.to_str().ok()?));
    let Some(now) = now else { return Some(Duration::from_secs(60)) };
    let wait = until.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)).min(LONGEST))
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(retry: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        asked_for(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(wait("120", None), Some(120));
        assert_eq!(wait("0.5", None), Some(0));
        assert_eq!(wait("-3", None), Some(0));
        assert_eq!(wait("Tue, 24 Nov 2026 09:00:30 GMT", Some("Tue, 24 Nov 2026 09:00:00 GMT")), Some(30));
        assert_eq!(wait("Tue, 24 Nov 2026 08:00:00 GMT", Some("Tue, 24 Nov 2026 09:00:00 GMT")), Some(0));
        assert_eq!(wait("Tue, 24 Nov 2026 09:00:30 GMT", None), Some(60));
        assert_eq!(wait("99999999", None), Some(86_400));
        assert_eq!(wait("soon", None), None);
        assert_eq!(asked_for(&HeaderMap::new()), None);
    }
}
