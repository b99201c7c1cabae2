//! How a goal of the demonstration went: a check-in a week from the first week to the last, and the words with them.

use northing_core::values::{Day, Moment};

/// How a goal comes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// Ahead of the calendar.
    Fast,
    /// With it.
    Steady,
    /// Behind it.
    Slow,
}

impl Pace {
    /// From progress and what the calendar expects, both in per cent.
    pub(super) fn of(progress: f64, expected: f64) -> Self {
        if progress >= expected + 5.0 {
            Self::Fast
        } else if progress >= expected - 5.0 {
            Self::Steady
        } else {
            Self::Slow
        }
    }

    /// The word for it in the text.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Steady => "steady",
            Self::Slow => "slow",
        }
    }
}

/// A number that depends on a text and a step and nothing else, in 0–1: the demonstration is the same for everybody.
pub(super) fn chance(text: &str, step: u32) -> f64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(step).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 29;
    f64::from(u32::try_from(hash % 10_000).unwrap_or(0)) / 10_000.0
}

/// The days of the check-ins from the first week to the last day, and the progress at each in per cent, ending at `progress`.
pub(super) fn steps(
    id: &str,
    first: Day,
    last: Day,
    every: i32,
    progress: f64,
    pace: Pace,
) -> Vec<(Day, f64)> {
    let span = last.days_since(first).max(1);
    let bend = match pace {
        Pace::Fast => 0.85,
        Pace::Steady => 1.0,
        Pace::Slow => 1.35,
    };
    let mut days: Vec<Day> = Vec::new();
    let mut day = last;
    while day.days_since(first) >= 3 {
        days.push(day);
        day = day.plus_days(-every);
    }
    days.reverse();
    let count = days.len();
    days.into_iter()
        .enumerate()
        .map(|(at, day)| {
            if at + 1 == count {
                return (day, progress);
            }
            let along = f64::from(day.days_since(first)) / f64::from(span);
            let wobble = (chance(id, u32::try_from(at).unwrap_or(0)) - 0.5) * 6.0;
            (day, (progress * along.powf(bend) + wobble).clamp(0.0, 100.0))
        })
        .collect()
}

/// A moment of a working morning, told by the goal and the step.
pub(super) fn morning(day: Day, id: &str, step: u32) -> Moment {
    let start = day.start_in(&jiff::tz::TimeZone::UTC);
    let minutes = 480
        + [0, 17, 41, 66, 95, 128, 171]
            .into_iter()
            .nth(usize::from(id.len() > 2) + usize::try_from(step % 6).unwrap_or(0))
            .unwrap_or(0);
    start.plus_millis(minutes * 60_000)
}
