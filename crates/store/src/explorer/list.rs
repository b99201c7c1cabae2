//! The lists of a page in one period or several: as a tree's top or in one level, narrowed and sorted, read by key; and what
//! their feet and presets count.

use northing_core::goal::{GoalKind, Level};
use northing_core::status::Status;
use northing_core::values::{Day, Id, Moment};

use super::{GroupKey, Line, ListPage, SortKey, escaped, keyed_line};
use crate::bind::{Bind, Value, list};
use crate::query::Sql;
use crate::{Failure, Rx, sql};

/// A list of goals: those of some periods that stand on one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The page.
    pub page: ListPage,
    /// Whose page it is: the organisation, a team or a person.
    pub entity: Id,
    /// The periods.
    pub periods: Vec<Id>,
}

impl List {
    /// The one period, or all of them as a list for the statements that take several.
    fn period(&self) -> Value {
        match self.periods.as_slice() {
            [one] => one.value(),
            several => list(several.iter().map(ToString::to_string)),
        }
    }

    const fn is_one(&self) -> bool {
        self.periods.len() == 1
    }
}

/// What a list is narrowed to; an empty part does not narrow.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Narrowing {
    /// Any of these kinds.
    pub kinds: Vec<GoalKind>,
    /// Any of these statuses.
    pub statuses: Vec<Status>,
    /// Any of these levels.
    pub levels: Vec<Level>,
    /// Any of these teams.
    pub teams: Vec<Id>,
    /// Any of these owners.
    pub owners: Vec<Id>,
    /// Without any owner.
    pub unowned: bool,
    /// Aligned to nothing.
    pub unaligned: bool,
    /// Any of these tags, by folded name.
    pub tags: Vec<String>,
    /// Folded text that title, description or an owner's name hold.
    pub text: String,
    /// Open, and due before this day.
    pub due_before: Option<Day>,
    /// Open, not following those below, and without a check-in since this moment, which is the end of this day.
    pub unchecked: Option<(Moment, Day)>,
    /// Closed at this moment or later.
    pub closed_since: Option<Moment>,
}

/// The order of a list in one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By a column; the other way round.
    Sorted(SortKey, bool),
    /// Group by group, in each as people ordered it.
    Grouped(GroupKey),
}

/// Where a page of a list ended.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct After {
    /// The sort key of the last row.
    pub number: f64,
    /// The sort key of the last row, where it is a text.
    pub text: String,
    /// The last row.
    pub id: Id,
}

macro_rules! open {
    () => {
        "g.status NOT IN ('closed', 'postponed')"
    };
}

macro_rules! unchecked {
    ($moment:literal, $day:literal) => {
        concat!(
            open!(),
            " AND (g.progress_mode <> 'rollup' OR g.automatic_stopped = 1) AND (g.last_check_in_at < ",
            $moment,
            " OR (g.last_check_in_at IS NULL AND g.start_date <= ",
            $day,
            "))"
        )
    };
}

/// Page, entity and period ($1–$3), viewer ($4) and narrowing ($5–$17).
macro_rules! listed {
    ($period:literal) => {
        concat!(
            "FROM placements p JOIN goals g ON g.id = p.goal_id WHERE p.page = $1 AND p.entity_id = $2 AND p.period_id ",
            $period, " AND ", visible!("$4"),
            " AND ($5 = '[]' OR g.kind IN (SELECT value FROM json_each($5))) ",
            "AND ($6 = '[]' OR g.status IN (SELECT value FROM json_each($6))) ",
            "AND ($7 = '[]' OR EXISTS (SELECT 1 FROM goal_teams ft WHERE ft.goal_id = g.id AND ft.team_id IN (SELECT value FROM json_each($7)))) ",
            "AND ($8 = '[]' OR EXISTS (SELECT 1 FROM goal_owners fo WHERE fo.goal_id = g.id AND fo.user_id IN (SELECT value FROM json_each($8)))) ",
            "AND ($9 = 0 OR NOT EXISTS (SELECT 1 FROM goal_owners fn WHERE fn.goal_id = g.id)) ",
            "AND ($10 = '' OR g.search_text LIKE $10 ESCAPE '!' OR EXISTS (SELECT 1 FROM goal_owners fx JOIN members fm ",
            "ON fm.org_id = g.org_id AND fm.user_id = fx.user_id WHERE fx.goal_id = g.id AND fm.name_key LIKE $10 ESCAPE '!')) ",
            "AND ($11 = '[]' OR EXISTS (SELECT 1 FROM goal_tags fg JOIN tags fk ON fk.id = fg.tag_id WHERE fg.goal_id = g.id ",
            "AND fk.name_key IN (SELECT value FROM json_each($11)))) ",
            "AND ($12 = '[]' OR g.level IN (SELECT value FROM json_each($12))) ",
            "AND ($13 = 0 OR g.parent_count = 0) ",
            // On the pages of the organisation, teams and people, initiatives that serve nothing stand in a list of their own.
            "AND (g.kind <> 'initiative' OR g.parent_count > 0 OR $1 = 'all' OR $5 <> '[]' OR $13 = 1) ",
            "AND ($14 = '' OR (", open!(), " AND g.due_date < $14)) ",
            "AND ($15 = 0 OR (", unchecked!("$15", "$16"), ")) ",
            "AND ($17 = 0 OR (g.status = 'closed' AND g.closed_at >= $17)) "
        )
    };
}

macro_rules! several {
    () => {
        "IN (SELECT value FROM json_each($3))"
    };
}

macro_rules! flat {
    ($period:literal, $number:expr, $text:expr, $after:expr, $order:expr) => {
        concat!(
            "SELECT ",
            columns!(),
            ", CAST(",
            $number,
            " AS DOUBLE PRECISION) AS sort_number, ",
            $text,
            " AS sort_text ",
            listed!($period),
            "AND ",
            $after,
            " ORDER BY ",
            $order,
            " LIMIT $21"
        )
    };
}

/// In the order that people gave: the page's index has it, so that the first rows cost the same in any list.
macro_rules! in_order {
    ($compare:literal, $way:literal) => {
        flat!(
            "= $3",
            "p.position",
            "''",
            concat!("(p.position, p.goal_id) ", $compare, " ($18, $20) AND $19 = ''"),
            concat!("p.position", $way, ", p.goal_id", $way)
        )
    };
}

macro_rules! sorted {
    ($period:literal, $number:literal, $text:literal, $compare:literal, $way:literal) => {
        flat!(
            $period,
            $number,
            $text,
            concat!(
                "(CAST(",
                $number,
                " AS DOUBLE PRECISION), ",
                $text,
                ", g.id) ",
                $compare,
                " ($18, $19, $20)"
            ),
            concat!("sort_number", $way, ", sort_text", $way, ", g.id", $way)
        )
    };
}

macro_rules! all_ways {
    ($one:expr, $descending:expr, $number:literal, $text:literal) => {
        match ($one, $descending) {
            (true, true) => sorted!("= $3", $number, $text, "<", " DESC"),
            (true, false) => sorted!("= $3", $number, $text, ">", ""),
            (false, true) => sorted!("IN (SELECT value FROM json_each($3))", $number, $text, "<", " DESC"),
            (false, false) => sorted!("IN (SELECT value FROM json_each($3))", $number, $text, ">", ""),
        }
    };
}

/// Group by group, in each in the order that people gave; `sort_text` is the group.
macro_rules! grouped {
    ($one:expr, $group:expr) => {
        if $one { grouped!(@ "= $3", $group) } else { grouped!(@ "IN (SELECT value FROM json_each($3))", $group) }
    };
    (@ $period:literal, $group:expr) => {
        flat!(
            $period,
            "p.position",
            $group,
            concat!("(", $group, ", CAST(p.position AS DOUBLE PRECISION), g.id) > ($19, $18, $20)"),
            "sort_text, sort_number, g.id"
        )
    };
}

const fn group_statement(group: GroupKey, one: bool) -> &'static str {
    match group {
        GroupKey::Period => {
            grouped!(
                one,
                "(SELECT r.start_date || r.end_date || r.id FROM periods r WHERE r.id = p.period_id)"
            )
        }
        GroupKey::Team => grouped!(
            one,
            "COALESCE((SELECT '0' || t.name_key || ' ' || t.id FROM goal_teams gt JOIN teams t ON t.id = gt.team_id \
             WHERE gt.goal_id = g.id ORDER BY gt.position, gt.team_id LIMIT 1), '1')"
        ),
        GroupKey::Owner => grouped!(
            one,
            "COALESCE((SELECT '0' || COALESCE(m.name_key, '') || ' ' || o.user_id FROM goal_owners o LEFT JOIN members m \
             ON m.org_id = g.org_id AND m.user_id = o.user_id WHERE o.goal_id = g.id ORDER BY o.position, o.user_id LIMIT 1), '1')"
        ),
        GroupKey::Status => grouped!(
            one,
            "CASE g.status WHEN 'at_risk' THEN '0' WHEN 'behind' THEN '1' WHEN 'on_track' THEN '2' WHEN 'in_progress' THEN '3' \
             WHEN 'reopened' THEN '4' WHEN 'not_started' THEN '5' WHEN 'postponed' THEN '6' ELSE '7' END"
        ),
    }
}

/// Worst first, then what has not begun, then what is finished.
const fn flat_statement(key: SortKey, descending: bool, one: bool) -> &'static str {
    match key {
        SortKey::Priority if one && descending => in_order!("<", " DESC"),
        SortKey::Priority if one => in_order!(">", ""),
        SortKey::Priority => all_ways!(false, descending, "p.position", "''"),
        SortKey::Title => all_ways!(one, descending, "0", "g.search_text"),
        SortKey::Progress => all_ways!(one, descending, "COALESCE(g.progress, -1)", "''"),
        SortKey::CheckIn => all_ways!(one, descending, "COALESCE(g.last_check_in_at, 0)", "''"),
        SortKey::Status => all_ways!(
            one,
            descending,
            "CASE g.status WHEN 'at_risk' THEN 0 WHEN 'behind' THEN 1 WHEN 'on_track' THEN 2 WHEN 'in_progress' THEN 3 \
             WHEN 'reopened' THEN 4 WHEN 'not_started' THEN 5 WHEN 'postponed' THEN 6 ELSE 7 END",
            "''"
        ),
    }
}

/// Objectives and key results, or initiatives that serve something elsewhere: those that serve nothing stand in the list of
/// initiatives alone (goals §3.6).
macro_rules! top {
    ($kinds:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", p.position AS sort_number, '' AS sort_text FROM placements p JOIN goals g ON g.id = p.goal_id ",
            "WHERE p.page = $1 AND p.entity_id = $2 AND p.period_id = $3 AND p.top = 1 ",
            "AND (p.position, p.goal_id) > ($5, $6) AND $7 = '' AND ",
            $kinds,
            " AND ",
            visible!("$4"),
            " ORDER BY p.position, p.goal_id LIMIT $8"
        )
    };
}

/// Of several periods at once: a goal is at the top where none of its parents stands in any of them; the earliest first.
macro_rules! top_of_several {
    ($kinds:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", p.position AS sort_number, r.start_date AS sort_text FROM placements p JOIN goals g ON g.id = p.goal_id ",
            "JOIN periods r ON r.id = p.period_id WHERE p.page = $1 AND p.entity_id = $2 AND p.top = 1 AND p.period_id ",
            several!(),
            " AND (r.start_date, p.position, p.goal_id) > ($7, $5, $6) AND ",
            $kinds,
            " AND NOT EXISTS ",
            "(SELECT 1 FROM alignments a JOIN placements q ON q.page = $1 AND q.entity_id = $2 AND q.goal_id = a.parent_id ",
            "WHERE a.child_id = g.id AND q.period_id ",
            several!(),
            ") AND ",
            visible!("$4"),
            " ORDER BY r.start_date, p.position, p.goal_id LIMIT $8"
        )
    };
}

/// Marks the key of an initiative at the top: they come behind everything else.
const BEHIND: char = 'i';

/// The rows of a list that have no parent in it, in the page's order, initiatives last, from behind `after`; without owners
/// and teams, which [`super::name_people`] adds. One statement, and one more where the list ends.
///
/// # Errors
/// When the store fails.
pub async fn top(
    rx: &mut Rx,
    place: &List,
    viewer: Id,
    after: Option<&After>,
    limit: u16,
) -> Result<Vec<(Line, After)>, Failure> {
    const OTHERS: [&str; 2] = [top!("g.kind <> 'initiative'"), top_of_several!("g.kind <> 'initiative'")];
    const INITIATIVES: [&str; 2] = [
        top!("g.kind = 'initiative' AND g.parent_count > 0"),
        top_of_several!("g.kind = 'initiative' AND g.parent_count > 0"),
    ];
    let [one, several] = OTHERS;
    let behind = after
        .and_then(|after| Some(After { text: after.text.strip_prefix(BEHIND)?.to_owned(), ..after.clone() }));
    let mut found = match behind {
        Some(_) => Vec::new(),
        None => {
            let statement = if place.is_one() { one } else { several };
            top_rows(rx, statement, place, viewer, after, limit).await?
        }
    };
    let left = limit.saturating_sub(u16::try_from(found.len()).unwrap_or(u16::MAX));
    if left > 0 {
        let [one, several] = INITIATIVES;
        let statement = if place.is_one() { one } else { several };
        let last = top_rows(rx, statement, place, viewer, behind.as_ref(), left).await?;
        found.extend(last.into_iter().map(|(line, key)| {
            let text = format!("{BEHIND}{}", key.text);
            (line, After { text, ..key })
        }));
    }
    Ok(found)
}

async fn top_rows(
    rx: &mut Rx,
    statement: &'static str,
    place: &List,
    viewer: Id,
    after: Option<&After>,
    limit: u16,
) -> Result<Vec<(Line, After)>, Failure> {
    let rows = sql(statement)
        .bind(place.page.name())
        .bind(place.entity)
        .bind(place.period())
        .bind(viewer)
        .bind(after.map_or(f64::MIN, |a| a.number))
        .bind(after.map_or_else(String::new, |a| a.id.to_string()))
        .bind(after.map_or_else(String::new, |a| a.text.clone()))
        .bind(i64::from(limit))
        .fetch_all(rx)
        .await?;
    rows.iter().map(keyed_line).collect()
}

/// Binds $1–$17.
fn narrowed(statement: &'static str, place: &List, narrowing: &Narrowing, viewer: Id) -> Sql {
    let ids = |ids: &[Id]| list(ids.iter().map(ToString::to_string));
    let text = &narrowing.text;
    let unchecked = narrowing.unchecked;
    sql(statement)
        .bind(place.page.name())
        .bind(place.entity)
        .bind(place.period())
        .bind(viewer)
        .bind(list(narrowing.kinds.iter().map(|k| k.name())))
        .bind(list(narrowing.statuses.iter().map(|s| s.name())))
        .bind(ids(&narrowing.teams))
        .bind(ids(&narrowing.owners))
        .bind(i64::from(narrowing.unowned))
        .bind(if text.is_empty() { String::new() } else { format!("%{}%", escaped(text)) })
        .bind(list(&narrowing.tags))
        .bind(list(narrowing.levels.iter().map(|level| level.name())))
        .bind(i64::from(narrowing.unaligned))
        .bind(narrowing.due_before.map_or_else(String::new, |day| day.to_string()))
        .bind(unchecked.map_or(0, |(moment, _)| moment.millis()))
        .bind(unchecked.map_or_else(String::new, |(_, day)| day.to_string()))
        .bind(narrowing.closed_since.map_or(0, Moment::millis))
}

/// The rows of a list in one level, narrowed and sorted, from behind `after`; without owners and teams, as [`top`].
///
/// # Errors
/// When the store fails.
pub async fn flat(
    rx: &mut Rx,
    place: &List,
    narrowing: &Narrowing,
    viewer: Id,
    order: Order,
    after: Option<&After>,
    limit: u16,
) -> Result<Vec<(Line, After)>, Failure> {
    // The first page begins before everything: no key is smaller, or from the other end greater.
    let (statement, descending) = match order {
        Order::Sorted(key, descending) => (flat_statement(key, descending, place.is_one()), descending),
        Order::Grouped(key) => (group_statement(key, place.is_one()), false),
    };
    let number = after.map_or(if descending { f64::MAX } else { f64::MIN }, |a| a.number);
    let rows = narrowed(statement, place, narrowing, viewer)
        .bind(number)
        .bind(after.map_or_else(String::new, |a| a.text.clone()))
        .bind(after.map_or_else(String::new, |a| a.id.to_string()))
        .bind(i64::from(limit))
        .fetch_all(rx)
        .await?;
    rows.iter().map(keyed_line).collect()
}

/// How many goals of a list have each status, as far as the viewer sees them.
///
/// # Errors
/// When the store fails.
pub async fn tally(
    rx: &mut Rx,
    place: &List,
    narrowing: &Narrowing,
    viewer: Id,
) -> Result<Vec<(Status, i64)>, Failure> {
    const ONE: &str = concat!("SELECT g.status, COUNT(*) AS goals ", listed!("= $3"), "GROUP BY g.status");
    const SEVERAL: &str = concat!(
        "SELECT g.status, COUNT(*) AS goals ",
        listed!("IN (SELECT value FROM json_each($3))"),
        "GROUP BY g.status"
    );
    if place.page == ListPage::All && *narrowing == Narrowing::default() {
        return tally_all(rx, place, viewer).await;
    }
    let statement = if place.is_one() { ONE } else { SEVERAL };
    let rows = narrowed(statement, place, narrowing, viewer).fetch_all(rx).await?;
    rows.iter().map(|row| Ok((row.parsed("status")?, row.int("goals")?))).collect()
}

/// Of all goals of some periods: what everyone sees is counted in the index alone, and only the rest looked at one by one.
async fn tally_all(rx: &mut Rx, place: &List, viewer: Id) -> Result<Vec<(Status, i64)>, Failure> {
    macro_rules! statement {
        ($period:literal) => {
            concat!(
                "SELECT g.status, COUNT(*) AS goals FROM goals g WHERE g.org_id = $1 AND g.period_id ",
                $period,
                " AND g.visibility = 'everyone' AND g.deleted_at IS NULL GROUP BY g.status ",
                "UNION ALL SELECT g.status, COUNT(*) FROM goals g WHERE g.org_id = $1 AND g.period_id ",
                $period,
                " AND g.visibility = 'restricted' AND g.deleted_at IS NULL AND ",
                visible!("$3"),
                " GROUP BY g.status"
            )
        };
    }
    const ONE: &str = statement!("= $2");
    const SEVERAL: &str = statement!("IN (SELECT value FROM json_each($2))");
    let rows = sql(if place.is_one() { ONE } else { SEVERAL })
        .bind(place.entity)
        .bind(place.period())
        .bind(viewer)
        .fetch_all(rx)
        .await?;
    let mut counts: Vec<(Status, i64)> = Vec::new();
    for row in &rows {
        let (status, goals) = (row.parsed("status")?, row.int("goals")?);
        match counts.iter_mut().find(|(known, _)| *known == status) {
            Some((_, count)) => *count += goals,
            None => counts.push((status, goals)),
        }
    }
    Ok(counts)
}

/// How many goals stand behind each preset of Explorer (goals §7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the presets by name")]
pub struct Counts {
    pub all: i64,
    pub company: i64,
    pub mine: i64,
    pub behind: i64,
    pub overdue: i64,
    pub unchecked_short: i64,
    pub unchecked_long: i64,
    pub unaligned: i64,
    pub closed: i64,
}

/// Counts the presets of a list in one pass: `short` and `long` say since when there was no check-in.
///
/// # Errors
/// When the store fails.
pub async fn counts(
    rx: &mut Rx,
    place: &List,
    viewer: Id,
    today: Day,
    (short, long): ((Moment, Day), (Moment, Day)),
    closed_since: Moment,
) -> Result<Counts, Failure> {
    macro_rules! statement {
        ($period:literal) => {
            concat!(
                "SELECT COUNT(*) AS everything, ",
                "COUNT(CASE WHEN g.kind = 'objective' AND g.level = 'organization' THEN 1 END) AS company, ",
                "COUNT(CASE WHEN EXISTS (SELECT 1 FROM goal_owners mo WHERE mo.goal_id = g.id AND mo.user_id = $4) THEN 1 END) AS mine, ",
                "COUNT(CASE WHEN g.status IN ('behind', 'at_risk') THEN 1 END) AS behind, ",
                "COUNT(CASE WHEN ", open!(), " AND g.due_date < $5 THEN 1 END) AS overdue, ",
                "COUNT(CASE WHEN ", unchecked!("$6", "$7"), " THEN 1 END) AS unchecked_short, ",
                "COUNT(CASE WHEN ", unchecked!("$8", "$9"), " THEN 1 END) AS unchecked_long, ",
                "COUNT(CASE WHEN g.parent_count = 0 AND g.level <> 'organization' THEN 1 END) AS unaligned, ",
                "COUNT(CASE WHEN g.status = 'closed' AND g.closed_at >= $10 THEN 1 END) AS closed ",
                "FROM placements p JOIN goals g ON g.id = p.goal_id WHERE p.page = $1 AND p.entity_id = $2 AND p.period_id ",
                $period, " AND ", visible!("$4")
            )
        };
    }
    const ONE: &str = statement!("= $3");
    const SEVERAL: &str = statement!("IN (SELECT value FROM json_each($3))");
    let row = sql(if place.is_one() { ONE } else { SEVERAL })
        .bind(place.page.name())
        .bind(place.entity)
        .bind(place.period())
        .bind(viewer)
        .bind(today)
        .bind(short.0)
        .bind(short.1)
        .bind(long.0)
        .bind(long.1)
        .bind(closed_since)
        .fetch_one(rx)
        .await?;
    Ok(Counts {
        all: row.int("everything")?,
        company: row.int("company")?,
        mine: row.int("mine")?,
        behind: row.int("behind")?,
        overdue: row.int("overdue")?,
        unchecked_short: row.int("unchecked_short")?,
        unchecked_long: row.int("unchecked_long")?,
        unaligned: row.int("unaligned")?,
        closed: row.int("closed")?,
    })
}
