//! A form again, with what was typed and the reason at each field.

use axum::http::StatusCode;
use northing_app::{Error, Trouble};
use northing_ui::pages::entry::Typed;

use crate::extract::Fields;
use crate::failure::{Failure, too_many};

/// Fields that are never sent back.
const SECRET: [&str; 4] = ["password", "old_password", "new_password", "csrf"];

/// What was typed, but for secrets.
pub(crate) fn values(fields: &Fields) -> Vec<(String, String)> {
    fields.pairs().iter().filter(|(name, _)| !SECRET.contains(&name.as_str())).cloned().collect()
}

/// What a form shows again after it was refused, with the status of the answer. Errors of the whole come as its refusal; what a
/// form cannot tell comes back as a failure.
pub(crate) fn refused(error: Error, fields: &Fields) -> Result<(StatusCode, Typed), Failure> {
    let mut typed = Typed { values: values(fields), ..Typed::default() };
    let status = match error {
        Error::Invalid(errors) => {
            // The last part of a path is the field's name in our forms.
            let named = |field: &str| field.rsplit('.').next().unwrap_or(field).to_owned();
            typed.errors = errors.iter().map(|it| (named(&it.field), sentence(&it.message))).collect();
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Error::Refused(refusal) => {
            typed.refusal = Some(refusal.message.to_string());
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Error::TooMany { seconds } => {
            typed.refusal = Some(too_many(seconds));
            StatusCode::TOO_MANY_REQUESTS
        }
        Error::Conflict => {
            typed.refusal = Some(String::from(
                "This was changed meanwhile, perhaps by you in another window. What you typed is below; what is stored now stands in a \
                 new window. Save again to put yours in its place.",
            ));
            StatusCode::CONFLICT
        }
        ref error if matches!(error.trouble(), Trouble::Taken(_)) => {
            if let Trouble::Taken(field) = error.trouble() {
                typed.errors = vec![(field, String::from("Exists already"))];
            }
            StatusCode::UNPROCESSABLE_ENTITY
        }
        other => return Err(other.into()),
    };
    Ok((status, typed))
}

/// A message with a capital where it begins like one: "must not be empty" becomes "Must not be empty".
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
