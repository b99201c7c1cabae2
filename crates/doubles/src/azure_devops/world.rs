//! What the double holds.

use std::collections::{BTreeMap, HashMap};

use northing_core::values::Moment;
use serde_json::{Map, Value, json};

use super::process::Process;

/// Somebody with a token.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Identifier.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// Projects that may not be read.
    pub blind_to: Vec<String>,
    /// Whether work items may be written.
    pub may_write: bool,
}

/// A project.
#[derive(Debug, Clone)]
pub struct Project {
    /// Identifier; stays when the project is renamed.
    pub id: String,
    /// Name.
    pub name: String,
    /// Its process: types, states and their categories.
    pub process: Process,
    /// Types whose states cannot be read.
    pub hidden_states: bool,
    /// The queries: the two roots.
    pub queries: Vec<Node>,
}

/// A query or a folder of such.
#[derive(Debug, Clone)]
pub struct Node {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether everybody sees it.
    pub public: bool,
    /// The query's text; none for a folder.
    pub wiql: Option<String>,
    /// Whether the server calls it broken.
    pub broken: bool,
    /// What is in the folder.
    pub children: Vec<Node>,
}

impl Node {
    /// A folder that everybody sees.
    #[must_use]
    pub fn folder(id: &str, name: &str, children: Vec<Self>) -> Self {
        Self { id: id.into(), name: name.into(), public: true, wiql: None, broken: false, children }
    }

    /// A query that everybody sees.
    #[must_use]
    pub fn query(id: &str, name: &str, wiql: &str) -> Self {
        let wiql = Some(wiql.into());
        Self { id: id.into(), name: name.into(), public: true, wiql, broken: false, children: Vec::new() }
    }

    /// The same for its owner only.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.public = false;
        self.children = self.children.into_iter().map(Self::private).collect();
        self
    }
}

/// How an item stood from a moment on.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Since when.
    pub at: Moment,
    /// Its fields; empty ones are absent.
    pub fields: BTreeMap<String, Value>,
}

/// A work item.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its project's identifier.
    pub project: String,
    /// How it stood, oldest first.
    pub revisions: Vec<Revision>,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Addresses that were linked to it.
    pub hyperlinks: Vec<String>,
}

/// A link between items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// From.
    pub source: u64,
    /// To.
    pub target: u64,
    /// `System.LinkTypes.Hierarchy-Forward` and the like.
    pub kind: &'static str,
}

/// Parent to child.
pub(super) const HIERARCHY: &str = "System.LinkTypes.Hierarchy-Forward";

/// Everything that the double holds.
#[derive(Debug, Clone)]
pub struct World {
    /// The present.
    pub now: Moment,
    /// Identities by their personal access token.
    pub tokens: HashMap<String, Identity>,
    /// Applications of Entra ID: client identifier to secret.
    pub applications: HashMap<String, String>,
    /// Projects.
    pub projects: Vec<Project>,
    /// Items by number.
    pub items: BTreeMap<u64, Item>,
    /// Links.
    pub links: Vec<Link>,
    /// Numeric fields besides the usual ones: reference name, name, type.
    pub custom_fields: Vec<(String, String, String)>,
    /// The most that a query answers.
    pub limit: usize,
    /// Subscriptions to events, as they were made.
    pub subscriptions: Vec<Value>,
}

impl World {
    /// An empty world with one token, `good-token`, of Priya Raman.
    #[must_use]
    pub fn new(now: Moment) -> Self {
        let identity = Identity {
            id: "0f0f0f0f-1111-4222-8333-444444444444".into(),
            name: "Priya Raman".into(),
            email: "priya.raman@calderfield.example".into(),
            blind_to: Vec::new(),
            may_write: true,
        };
        Self {
            now,
            tokens: HashMap::from([(super::SAMPLE_TOKEN.into(), identity)]),
            applications: HashMap::new(),
            projects: Vec::new(),
            items: BTreeMap::new(),
            links: Vec::new(),
            custom_fields: Vec::new(),
            limit: 20_000,
            subscriptions: Vec::new(),
        }
    }

    /// Adds a project with empty query folders.
    pub fn project(&mut self, id: &str, name: &str, process: Process) {
        let mine = Node::folder(&format!("{id}-mine"), "My Queries", Vec::new()).private();
        let shared = Node::folder(&format!("{id}-shared"), "Shared Queries", Vec::new());
        let (id, name, queries) = (id.into(), name.into(), vec![mine, shared]);
        self.projects.push(Project { id, name, process, hidden_states: false, queries });
    }

    /// Renames a project: its identifier stays.
    pub fn rename(&mut self, id: &str, name: &str) {
        for project in self.projects.iter_mut().filter(|it| it.id == id) {
            project.name = name.to_owned();
        }
        for item in self.items.values_mut().filter(|it| it.project == id) {
            for revision in &mut item.revisions {
                revision.fields.insert("System.TeamProject".into(), json!(name));
            }
        }
    }

    /// Adds what stands under Shared Queries of a project.
    pub fn share(&mut self, project: &str, nodes: Vec<Node>) {
        if let Some(project) = self.projects.iter_mut().find(|it| it.id == project)
            && let Some(shared) = project.queries.iter_mut().find(|it| it.public)
        {
            shared.children.extend(nodes);
        }
    }

    /// Adds an item as of a moment; more fields may be given.
    pub fn item(&mut self, id: u64, project: &str, kind: &str, state: &str, at: Moment, more: Value) {
        let name = self.projects.iter().find(|it| it.id == project).map_or("", |it| it.name.as_str());
        let mut fields = BTreeMap::from([
            ("System.Id".to_owned(), json!(id)),
            ("System.WorkItemType".to_owned(), json!(kind)),
            ("System.State".to_owned(), json!(state)),
            ("System.Title".to_owned(), json!(format!("{kind} {id}"))),
            ("System.TeamProject".to_owned(), json!(name)),
            ("System.AreaPath".to_owned(), json!(name)),
            ("System.IterationPath".to_owned(), json!(name)),
            ("System.CreatedDate".to_owned(), json!(at)),
            ("System.ChangedDate".to_owned(), json!(at)),
        ]);
        if let Value::Object(more) = more {
            fields.extend(more);
        }
        fields.retain(|_, value| !value.is_null());
        let revisions = vec![Revision { at, fields }];
        let item = Item { project: project.into(), revisions, deleted: false, hyperlinks: Vec::new() };
        self.items.insert(id, item);
    }

    /// Puts an item below another.
    pub fn below(&mut self, parent: u64, child: u64) {
        self.links.push(Link { source: parent, target: child, kind: HIERARCHY });
    }

    /// Changes fields of an item from a moment on.
    pub fn change(&mut self, id: u64, at: Moment, fields: Value) {
        let Some(item) = self.items.get_mut(&id) else { return };
        let Some(last) = item.revisions.last() else { return };
        let mut next = Revision { at, fields: last.fields.clone() };
        next.fields.insert("System.ChangedDate".into(), json!(at));
        if let Value::Object(fields) = fields {
            next.fields.extend(fields);
        }
        next.fields.retain(|_, value| !value.is_null());
        item.revisions.push(next);
    }

    /// How an item stood at a moment; none before it was made or when it is deleted.
    #[must_use]
    pub fn at(&self, id: u64, moment: Option<Moment>) -> Option<&Revision> {
        let item = self.items.get(&id).filter(|item| !item.deleted)?;
        match moment {
            None => item.revisions.last(),
            Some(moment) => item.revisions.iter().rev().find(|revision| revision.at <= moment),
        }
    }

    pub(super) fn find_project(&self, name_or_id: &str) -> Option<&Project> {
        let same = |text: &str| text.eq_ignore_ascii_case(name_or_id);
        self.projects.iter().find(|project| same(&project.id) || same(&project.name))
    }

    /// The fields of the collection: reference name, name and type.
    pub(super) fn fields(&self) -> Vec<(String, String, String)> {
        const USUAL: [(&str, &str, &str); 17] = [
            ("System.Id", "ID", "integer"),
            ("System.Rev", "Rev", "integer"),
            ("System.Title", "Title", "string"),
            ("System.State", "State", "string"),
            ("System.WorkItemType", "Work Item Type", "string"),
            ("System.TeamProject", "Team Project", "string"),
            ("System.AssignedTo", "Assigned To", "identity"),
            ("System.AreaPath", "Area Path", "treePath"),
            ("System.IterationPath", "Iteration Path", "treePath"),
            ("System.Tags", "Tags", "plainText"),
            ("System.CreatedDate", "Created Date", "dateTime"),
            ("System.ChangedDate", "Changed Date", "dateTime"),
            ("Microsoft.VSTS.Scheduling.StoryPoints", "Story Points", "double"),
            ("Microsoft.VSTS.Scheduling.Effort", "Effort", "double"),
            ("Microsoft.VSTS.Scheduling.OriginalEstimate", "Original Estimate", "double"),
            ("Microsoft.VSTS.Scheduling.RemainingWork", "Remaining Work", "double"),
            ("Microsoft.VSTS.Scheduling.CompletedWork", "Completed Work", "double"),
        ];
        let usual = USUAL
            .iter()
            .map(|(reference, name, kind)| ((*reference).to_owned(), (*name).to_owned(), (*kind).to_owned()));
        usual.chain(self.custom_fields.iter().cloned()).collect()
    }
}

/// The chosen fields of a revision; all of them where none is chosen.
pub(super) fn chosen(revision: &Revision, wanted: Option<&[String]>) -> Map<String, Value> {
    let all = revision.fields.iter().map(|(name, value)| (name.clone(), value.clone()));
    match wanted {
        None => all.collect(),
        Some(wanted) => {
            all.filter(|(name, _)| wanted.iter().any(|it| it.eq_ignore_ascii_case(name))).collect()
        }
    }
}
