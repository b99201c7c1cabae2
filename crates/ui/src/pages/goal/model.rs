//! What a goal's panel and page show.

use northing_core::goal::{GoalKind, Level};
use northing_core::metric::Metric;
use northing_core::score::ScoreBand;
use northing_core::values::{Day, Id};

use crate::components::activity::Activity;
use crate::components::alert::Alert;
use crate::components::alignment::Ladder;
use crate::components::chart::History;
use crate::components::check_in::CheckIn;
use crate::components::children::Parts;
use crate::components::goal_list::Brief;
use crate::components::menu::Entry;
use crate::components::person::Person;
use crate::components::progress::Progress;
use crate::components::talk::Comment;
use crate::components::tasks::Tasks;
use crate::pages::goal_source::Source;

/// Everything about a goal that its panel and page show.
#[derive(Debug, Clone)]
pub struct Goal {
    /// The goal.
    pub id: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its level.
    pub level: Level,
    /// Its title.
    pub title: String,
    /// Its description in Markdown.
    pub description: String,
    /// Where it is and should be.
    pub progress: Progress,
    /// What it measures; none for plain percentages.
    pub metric: Option<Metric>,
    /// The change since the check-in before the last, with its day.
    pub change: Option<(f64, Day)>,
    /// Its first day.
    pub start: Day,
    /// Its last day.
    pub end: Day,
    /// The period's name.
    pub period: String,
    /// Its owners.
    pub owners: Vec<Person>,
    /// Who checks in.
    pub check_in_owner: Option<Person>,
    /// Its teams, with addresses; empty for the organisation's and for individual goals.
    pub teams: Vec<(Id, String)>,
    /// Where the progress comes from, in words: "Rolled up from 3 of 4 goals below".
    pub source: String,
    /// Its data source outside.
    pub outside: Option<Source>,
    /// Where updates were stopped by hand: what resumes them ("children", "data source").
    pub resume_from: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Whether it is committed.
    pub committed: bool,
    /// Whether only named people see it.
    pub restricted: bool,
    /// The scoring guidance.
    pub guidance: String,
    /// The score of a closed goal with its band.
    pub score: Option<(f64, ScoreBand)>,
    /// Why it was closed or postponed.
    pub closing_note: String,
    /// Its alerts.
    pub alerts: Vec<Alert>,
    /// The graph.
    pub history: Option<History>,
    /// What its progress is made of, where it comes from below.
    pub parts: Parts,
    /// How many goals are directly below it, listed or not.
    pub below: usize,
    /// Children that do not count, and those of a goal that does not roll up.
    pub supporting: Vec<Brief>,
    /// The tasks of an initiative; none of other goals.
    pub tasks: Option<Tasks>,
    /// Its place.
    pub ladder: Ladder,
    /// The latest check-ins.
    pub check_ins: Vec<CheckIn>,
    /// How many check-ins there are.
    pub check_in_count: usize,
    /// Comments on the goal itself.
    pub comments: Vec<Comment>,
    /// The latest of what happened.
    pub activity: Vec<Activity>,
    /// Whether more happened before.
    pub more_activity: bool,
    /// What the person may do.
    pub may: May,
    /// The menu's actions.
    pub actions: Vec<Entry>,
}

/// What the reader may do with the goal.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a right of its own")]
pub struct May {
    /// Check in.
    pub check_in: bool,
    /// Ask for a check-in.
    pub nudge: bool,
    /// Edit it.
    pub edit: bool,
    /// Change its children's shares.
    pub contribute: bool,
    /// Align it to others, and others to it.
    pub align: bool,
    /// Add a child.
    pub add_child: bool,
    /// Comment.
    pub comment: bool,
    /// Close, postpone and reopen it.
    pub close: bool,
}

/// Where the panel stands among the rows of its list.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// The list without the panel.
    pub close: String,
    /// The goal above, as a panel.
    pub previous: Option<Id>,
    /// The goal below, as a panel.
    pub next: Option<Id>,
}
