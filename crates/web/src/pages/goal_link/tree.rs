//! The saved queries that a link can be made of: the tree with what stands open in it, or what a search finds.

use northing_app::sources::{Choice, LinkForm as Begin, Selector, Through};
use northing_core::values::Id;
use northing_ui::pages::link_source::{Folder, Query, Tree};
use northing_ui::paths;

use super::read::{self, Pairs, value};
use crate::extract::Signed;
use crate::failure::Failure;
use crate::state::AppState;

/// Folders that stand open at most: each is a request to the other system.
const OPEN: usize = 20;

/// The queries: what a search finds, or the folders with those that stand open.
pub(super) async fn tree(
    state: &AppState,
    signed: &Signed,
    goal: Option<Id>,
    connection: Id,
    pairs: &Pairs,
) -> Result<Tree, Failure> {
    let words = Some(value(pairs, "q").trim().to_owned()).filter(|words| !words.is_empty());
    let searching = words.is_some();
    let through = Through { connection, goal };
    match state.app.browse_connection(&signed.actor, through, None, words).await {
        Ok(found) if searching => Ok(Tree::Found(found.iter().filter(|it| !it.folder).map(query).collect())),
        Ok(top) => {
            let mut reader = Reader { state, signed, goal, connection, open: read::open(pairs), left: OPEN };
            let (mut folders, queries) = reader.level(&top).await?;
            // The roots come with what is in them, and the shared one stands open.
            for (at, folder) in folders.iter_mut().enumerate() {
                folder.open |= at == 0;
            }
            Ok(Tree::Folders(folders, queries))
        }
        Err(error) => Ok(Tree::Failed(read::sentence(error)?)),
    }
}

/// One folder with what is in it.
pub(super) async fn one_folder(
    state: &AppState,
    signed: &Signed,
    goal: Option<Id>,
    connection: Id,
    (place, name): (&str, &str),
) -> Result<Folder, Failure> {
    let mut reader = Reader { state, signed, goal, connection, open: vec![place.to_owned()], left: 1 };
    reader.folder(place, name, None).await
}

struct Reader<'a> {
    state: &'a AppState,
    signed: &'a Signed,
    goal: Option<Id>,
    connection: Id,
    open: Vec<String>,
    left: usize,
}

impl Reader<'_> {
    async fn level(&mut self, choices: &[Choice]) -> Result<(Vec<Folder>, Vec<Query>), Failure> {
        let mut folders = Vec::new();
        for it in choices.iter().filter(|it| it.folder) {
            folders.push(Box::pin(self.folder(&it.id, &it.name, Some(&it.children))).await?);
        }
        Ok((folders, choices.iter().filter(|it| !it.folder).map(query).collect()))
    }

    /// A folder: with what came along, or where it stands open with what is read now.
    async fn folder(&mut self, id: &str, name: &str, came: Option<&[Choice]>) -> Result<Folder, Failure> {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("connection_id", self.connection.to_string().as_str()),
                ("place", id),
                ("name", name),
            ])
            .finish();
        let mut folder = Folder {
            id: id.to_owned(),
            name: name.to_owned(),
            open: self.open.iter().any(|open| open == id),
            inside: None,
            load: self.goal.map_or_else(
                || format!("/goals/link/folder?{query}"),
                |goal| paths::goal_part(goal, &format!("link/folder?{query}")),
            ),
        };
        if let Some(came) = came.filter(|came| !came.is_empty()) {
            folder.inside = Some(self.level(came).await?);
        } else if folder.open && self.left > 0 {
            self.left -= 1;
            let (app, actor) = (&self.state.app, &self.signed.actor);
            let through = Through { connection: self.connection, goal: self.goal };
            let read = app.browse_connection(actor, through, Some(id.to_owned()), None).await;
            folder.inside = Some(match read {
                Ok(read) => self.level(&read).await?,
                Err(error) => (Vec::new(), vec![unread(read::sentence(error)?)]),
            });
        }
        Ok(folder)
    }
}

/// What stands in a folder that could not be read.
fn unread(why: String) -> Query {
    Query { name: String::from("This folder cannot be read"), unusable: Some(why), ..Query::default() }
}

fn query(it: &Choice) -> Query {
    Query {
        id: it.id.clone(),
        name: it.name.clone(),
        path: it.path.clone(),
        shape: it.shape.clone().filter(|shape| shape != "List").unwrap_or_default(),
        unusable: it.unusable.clone(),
        warning: it.warning.clone(),
    }
}

/// The picked query, where the tree does not show it.
pub(super) fn chosen(begin: &Begin, tree: &Tree, pairs: &Pairs) -> Option<(String, String)> {
    let id = value(pairs, "query_id");
    if id.is_empty() || shows(tree, id) {
        return None;
    }
    let linked =
        begin.link.as_ref().filter(|link| matches!(&link.selector, Selector::Query(it) if it.query_id == id));
    let text = linked.map_or_else(|| String::from("The query that you picked"), |link| link.label.clone());
    Some((id.to_owned(), text))
}

fn shows(tree: &Tree, id: &str) -> bool {
    fn below(folders: &[Folder], queries: &[Query], id: &str) -> bool {
        let inside = |folder: &Folder| {
            folder.inside.as_ref().is_some_and(|(folders, queries)| below(folders, queries, id))
        };
        queries.iter().any(|query| query.id == id) || folders.iter().any(inside)
    }
    match tree {
        Tree::Folders(folders, queries) => below(folders, queries, id),
        Tree::Found(queries) => queries.iter().any(|query| query.id == id),
        Tree::Failed(_) => false,
    }
}
