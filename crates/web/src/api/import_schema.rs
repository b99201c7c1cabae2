//! The shapes of what an import knows, asks and was told, for the API's document; a test compares them with what is sent.
#![expect(dead_code, reason = "described, never built: the document is made from them")]

use std::collections::HashMap;

use utoipa::ToSchema;

/// A file and what it turned out to be.
#[derive(ToSchema)]
#[schema(as = ImportFile)]
pub(crate) struct FileFields {
    name: String,
    /// How many records of each entity stand in it.
    records: HashMap<String, u64>,
}

/// How far an import is.
#[derive(ToSchema)]
#[schema(as = ImportProgress)]
pub(crate) struct ProgressFields {
    /// What it is busy with.
    phase: String,
    /// Records done.
    done: u64,
    /// Of how many.
    total: u64,
}

/// What became of the records of an entity.
#[derive(ToSchema)]
#[schema(as = ImportCount)]
pub(crate) struct CountFields {
    created: u64,
    updated: u64,
    skipped: u64,
    /// Of the skipped, those that say what they said before.
    unchanged: u64,
    failed: u64,
}

/// A remark on a field, of all records that have it.
#[derive(ToSchema)]
#[schema(as = ImportWarning)]
pub(crate) struct WarningFields {
    entity: String,
    field: String,
    /// `kept`, `changed` or `dropped`.
    effect: String,
    /// How many records have it.
    count: u64,
    /// The reason of the first.
    example: String,
    /// The title of the first.
    title: String,
}

/// A remark on a field of a record.
#[derive(ToSchema)]
#[schema(as = ImportNote)]
pub(crate) struct NoteFields {
    /// As the file names it.
    field: String,
    /// `kept`, `changed` or `dropped`.
    effect: String,
    reason: String,
}

/// Names in the files that match nothing here, each with what is done unless the mapping says otherwise.
#[derive(ToSchema)]
#[schema(as = ImportDraft)]
pub(crate) struct DraftFields {
    people: Vec<PersonFields>,
    types: Vec<TypeFields>,
    periods: Vec<PeriodFields>,
    statuses: Vec<StatusFields>,
}

/// A person of the files who is nobody here.
#[derive(ToSchema)]
#[schema(as = ImportPerson)]
pub(crate) struct PersonFields {
    /// Their key in a mapping: the mail address, else the name.
    key: String,
    name: String,
    email: Option<String>,
    /// Whether they could sign in at the source.
    active: bool,
    /// A member of the same name, who may be the same person.
    alike: Option<String>,
    choice: PersonChoiceFields,
}

/// A word for a kind of goal.
#[derive(ToSchema)]
#[schema(as = ImportType)]
pub(crate) struct TypeFields {
    word: String,
    goals: u64,
    /// What it seems to stand for.
    kind: String,
    /// Whether the word itself says so; else it is guessed from the shape of the goals.
    certain: bool,
}

/// A period that is not here.
#[derive(ToSchema)]
#[schema(as = ImportPeriod)]
pub(crate) struct PeriodFields {
    name: String,
    /// Its first and last day, where the files or its goals tell them.
    days: Option<Vec<String>>,
    goals: u64,
    /// A period here with the same days.
    alike: Option<String>,
    /// The files list it with its days; else they are those of its goals.
    listed: bool,
}

/// A word for a status that nobody knows.
#[derive(ToSchema)]
#[schema(as = ImportStatus)]
pub(crate) struct StatusFields {
    word: String,
    count: u64,
    /// What is taken unless somebody decides otherwise.
    status: String,
}

/// What becomes of a person: `create`, `skip`, or a member of this organisation.
#[derive(ToSchema)]
#[schema(as = ImportPersonChoice)]
#[serde(untagged)]
pub(crate) enum PersonChoiceFields {
    /// `create` or `skip`.
    Word(String),
    /// By their mail address.
    Match(MatchFields),
}

/// Something of this organisation.
#[derive(ToSchema)]
#[schema(as = ImportMatch)]
pub(crate) struct MatchFields {
    /// A mail address, or the name of a period.
    #[serde(rename = "match")]
    name: String,
}

/// What becomes of a period: one of this organisation, or a new one with these days.
#[derive(ToSchema)]
#[schema(as = ImportPeriodChoice)]
#[serde(untagged)]
pub(crate) enum PeriodChoiceFields {
    /// By its name.
    Match(MatchFields),
    /// Made anew.
    Create(DaysFields),
}

/// A first and a last day.
#[derive(ToSchema)]
#[schema(as = ImportDays)]
pub(crate) struct DaysFields {
    #[schema(format = Date)]
    start: String,
    #[schema(format = Date)]
    end: String,
}

/// What was decided. Keys are compared without regard to case and accents.
#[derive(ToSchema)]
#[schema(as = ImportMapping)]
pub(crate) struct MappingFields {
    /// The source's number of the organisation, where the names of the files do not tell it.
    organisation: Option<String>,
    /// What people become who are new here: `as_in_file`, `invited` or `deactivated`.
    #[schema(required = false)]
    new_people: String,
    /// By mail address, or by name where the file has none.
    #[schema(required = false)]
    people: HashMap<String, PersonChoiceFields>,
    /// Kinds of goal by the organisation's own word.
    #[schema(required = false)]
    types: HashMap<String, String>,
    /// By the period's name in the file.
    #[schema(required = false)]
    periods: HashMap<String, PeriodChoiceFields>,
    /// By the status's name in the file.
    #[schema(required = false)]
    statuses: HashMap<String, String>,
}

/// What is sent for an import.
#[derive(ToSchema)]
#[schema(as = ImportUpload)]
pub(crate) struct UploadFields {
    /// One or several.
    #[schema(value_type = Vec<String>, format = Binary)]
    files: Vec<String>,
    /// `true` or `false`.
    #[schema(required = false)]
    dry_run: String,
    /// A mapping as JSON.
    #[schema(required = false)]
    mapping: String,
}
