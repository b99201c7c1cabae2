//! Forms over parts of an organisation's purpose and settings: shown, saved, refused, and told where somebody else was first.

use axum::http::StatusCode;
use axum::response::Response;
use northing_app::Error;
use northing_app::organization::{Organization, OrganizationChange};
use northing_core::errors::FieldError;
use northing_core::settings::Settings;
use northing_ui::Ctx;
use northing_ui::components::picker::Of;
use northing_ui::layout::Page;
use northing_ui::pages::admin::Form;
use northing_ui::pages::entry::Typed;
use serde_json::{Map, Value};

use super::{answer, differences, form, refuse, renew, searching, typed, version};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::state::AppState;

/// One of the forms.
pub(super) struct Sheet {
    /// Its address.
    pub(super) path: &'static str,
    /// The settings that it shows, by name.
    pub(super) settings: &'static [&'static str],
    /// The labels of all its fields.
    pub(super) labels: &'static [(&'static str, &'static str)],
    /// Its pickers of people.
    pub(super) people: &'static [&'static str],
    /// What it shows besides settings.
    pub(super) values: fn(&Organization) -> Vec<(String, String)>,
    /// What it changes besides settings.
    pub(super) change: fn(&Fields, &mut OrganizationChange, &mut Vec<FieldError>),
    /// The page.
    pub(super) page: fn(&Ctx, &Form) -> Page,
}

impl Sheet {
    fn pickers(&self) -> Vec<(&'static str, Of)> {
        self.people.iter().map(|name| (*name, Of::People)).collect()
    }

    /// The form as it stands for an organisation.
    fn stands(&self, it: &Organization) -> Typed {
        let mut values = (self.values)(it);
        let all = serde_json::to_value(&it.settings).unwrap_or_default();
        for name in self.settings {
            values.extend(pairs(name, all.get(*name)));
        }
        values.push((String::from("version"), it.version.to_string()));
        Typed { values, ..Typed::default() }
    }

    fn read(&self, fields: &Fields) -> Result<OrganizationChange, Error> {
        let mut change = OrganizationChange::default();
        let mut errors = Vec::new();
        (self.change)(fields, &mut change, &mut errors);
        let mut settings = change.settings.take().unwrap_or_default();
        match self.read_settings(fields) {
            Ok(read) => settings.extend(read),
            Err(wrong) => errors.extend(wrong),
        }
        change.settings = Some(settings);
        if errors.is_empty() { Ok(change) } else { Err(Error::Invalid(errors)) }
    }

    /// The settings as the form has them.
    pub(super) fn read_settings(&self, fields: &Fields) -> Result<Map<String, Value>, Vec<FieldError>> {
        let examples = serde_json::to_value(Settings::default()).unwrap_or_default();
        let mut read = Map::new();
        let mut errors = Vec::new();
        for name in self.settings {
            match value(name, fields, examples.get(*name)) {
                Ok(value) => {
                    read.insert((*name).to_owned(), value);
                }
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(read) } else { Err(errors) }
    }

    /// The page with the form as it stands.
    pub(super) async fn show(
        &self,
        state: &AppState,
        signed: &Signed,
        saved: bool,
    ) -> Result<Response, Failure> {
        let it = state.app.organization_settings(&signed.actor).await?.organization;
        let form = form(state, signed, self.stands(&it), &self.pickers(), None).await?;
        let page = (self.page)(&signed.ctx(state), &Form { saved, ..form });
        answer(state, signed, StatusCode::OK, &page).await
    }

    /// Saves what was typed and shows the page anew; where that is not to be, the form again with everything that was typed.
    pub(super) async fn save(
        &self,
        state: &AppState,
        signed: &Signed,
        fields: &Fields,
    ) -> Result<Response, Failure> {
        let mut typed = typed(fields);
        if let Some(field) = searching(fields) {
            state.app.organization_settings(&signed.actor).await?;
            let form = form(state, signed, typed, &self.pickers(), Some(field)).await?;
            return answer(state, signed, StatusCode::OK, &(self.page)(&signed.ctx(state), &form)).await;
        }
        let done = match self.read(fields) {
            Ok(change) => state.app.edit_organization(&signed.actor, change, version(fields)?).await,
            Err(error) => {
                state.app.organization_settings(&signed.actor).await?;
                Err(error)
            }
        };
        let (status, conflict) = match done {
            Ok(_) => return Ok(go(&format!("{}?saved=true", self.path), signed.htmx)),
            Err(Error::Conflict) => {
                let now = state.app.organization_settings(&signed.actor).await?.organization;
                let differing = differences(state, signed, self.labels, &self.stands(&now), &typed).await?;
                renew(&mut typed, now.version);
                (StatusCode::CONFLICT, Some(differing))
            }
            Err(error) => {
                refuse(&mut typed, error)?;
                (StatusCode::UNPROCESSABLE_ENTITY, None)
            }
        };
        let form = Form { conflict, ..form(state, signed, typed, &self.pickers(), None).await? };
        answer(state, signed, status, &(self.page)(&signed.ctx(state), &form)).await
    }
}

/// A setting as the fields of a form.
fn pairs(name: &str, value: Option<&Value>) -> Vec<(String, String)> {
    let texts = match value {
        Some(Value::Bool(on)) => on.then(|| String::from("true")).into_iter().collect(),
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Number(number)) => {
            vec![number.as_f64().map_or_else(|| number.to_string(), |it| it.to_string())]
        }
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    texts.into_iter().map(|text| (name.to_owned(), text)).collect()
}

/// The fields of a form as a setting of the kind that the example has.
fn value(name: &'static str, fields: &Fields, example: Option<&Value>) -> Result<Value, FieldError> {
    Ok(match example {
        Some(Value::Bool(_)) => Value::Bool(fields.ticked(name)),
        Some(Value::Array(_)) => fields
            .pairs()
            .iter()
            .filter(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| Value::String(value.clone()))
            .collect(),
        Some(Value::Number(number)) if number.is_i64() => Value::from(
            fields
                .get(name)
                .trim()
                .parse::<i64>()
                .map_err(|_| FieldError::new(name, "wrong_type", "must be a whole number"))?,
        ),
        Some(Value::Number(_)) => Value::from(number(name, fields)?),
        _ => Value::String(fields.get(name).trim().to_owned()),
    })
}

/// A number as people write it, with a point or a comma.
pub(super) fn number(name: &'static str, fields: &Fields) -> Result<f64, FieldError> {
    let text = fields.get(name).trim().replacen(',', ".", 1);
    let number: Option<f64> = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| FieldError::new(name, "wrong_type", "must be a number, for example 25"))
}
