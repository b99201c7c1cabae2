//! Whom and what the files name, as they are here.

use std::collections::HashMap;

use northing_connectors::import_model::{FieldNote, PersonRef, Reference};
use northing_core::text::fold;
use northing_core::values::Id;

use super::run::Run;
use super::saying::dropped;

impl Run<'_> {
    /// A person of the organisation.
    pub(super) fn person(&self, it: &PersonRef) -> Option<Id> {
        let [ids, emails, names] = &self.people;
        it.id
            .as_ref()
            .and_then(|id| ids.get(id))
            .or_else(|| it.email.as_deref().and_then(|email| emails.get(&crate::sign_in::email_key(email))))
            .or_else(|| it.name.as_deref().and_then(|name| names.get(&fold(name))))
            .copied()
    }

    /// A person, or a note that nobody is.
    pub(super) fn person_or_note(
        &self,
        field: &str,
        it: Option<&PersonRef>,
        notes: &mut Vec<FieldNote>,
    ) -> Option<Id> {
        let it = it?;
        let found = self.person(it);
        if found.is_none() {
            let who = it.name.as_ref().or(it.email.as_ref()).or(it.id.as_ref());
            let who = who.map_or("somebody", String::as_str);
            notes.push(dropped(field, format!("{who} is nobody here")));
        }
        found
    }

    /// Several people, each once.
    pub(super) fn persons(&self, field: &str, all: &[PersonRef], notes: &mut Vec<FieldNote>) -> Vec<Id> {
        let mut found = Vec::new();
        for one in all {
            if let Some(id) = self.person_or_note(field, Some(one), notes)
                && !found.contains(&id)
            {
                found.push(id);
            }
        }
        found
    }
}

/// By identifier, else by folded name.
pub(super) fn find(maps: &[HashMap<String, Id>; 2], it: &Reference) -> Option<Id> {
    let [ids, names] = maps;
    let by_id = it.id.as_ref().and_then(|id| ids.get(id));
    by_id.or_else(|| it.name.as_deref().and_then(|name| names.get(&fold(name)))).copied()
}
