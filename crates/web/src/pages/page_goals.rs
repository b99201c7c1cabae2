//! The goals of a page as addresses and forms name them: `organization`, `team:{id}` or `person:{id}`, and the period.

use northing_app::due::PageGoals;
use northing_app::explorer::ListPage;
use northing_ui::paths;

/// The goals that an address means; none where it names no page.
pub(in crate::pages) fn read(list: &str, period: Option<&str>) -> Option<PageGoals> {
    let (page, entity) = list.split_once(':').map_or((list, None), |(page, id)| (page, id.parse().ok()));
    Some(PageGoals { page: page.parse().ok()?, entity, period: period.and_then(|id| id.parse().ok()) })
}

/// How an address names them, without the period.
pub(in crate::pages) fn name(goals: PageGoals) -> String {
    let page = goals.page.name();
    goals.entity.map_or_else(|| page.to_owned(), |entity| format!("{page}:{entity}"))
}

/// The page itself.
pub(in crate::pages) fn back(goals: PageGoals) -> String {
    match (goals.page, goals.entity) {
        (ListPage::Team, Some(team)) => paths::team(team),
        (ListPage::Person, Some(person)) => paths::person(person),
        (ListPage::Organization, _) => paths::ORGANISATION.to_owned(),
        _ => paths::EXPLORER.to_owned(),
    }
}
