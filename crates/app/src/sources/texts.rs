//! Texts for other systems are held to what such texts can be, before anybody is asked and before anything is kept.

use northing_connectors::measure::{LinkMode, REMAINING_WORK};
use northing_core::errors::FieldError;
use northing_core::text;

use super::link::Options;
use super::outside::{Config, Secret};
use super::{Error, Result, Selector};

/// The longest name or address.
const NAME: usize = 500;
/// The longest secret.
const SECRET: usize = 4_096;
/// The most items that are picked by hand.
const ITEMS: usize = 2_000;

/// What a connection is made of.
pub(super) fn check_access(config: &Config, secret: &Secret) -> Vec<FieldError> {
    let config = [
        ("config.account", Some(&config.account), NAME),
        ("config.project", Some(&config.project), NAME),
        ("config.tenant_id", config.tenant_id.as_ref(), NAME),
        ("config.client_id", config.client_id.as_ref(), NAME),
        ("config.authority", config.authority.as_ref(), NAME),
    ];
    let secret = [
        ("secret.pat", secret.pat.as_ref(), SECRET),
        ("secret.client_secret", secret.client_secret.as_ref(), SECRET),
    ];
    let all = config.into_iter().chain(secret);
    all.filter_map(|(field, given, most)| text::line(field, given?, most).err()).collect()
}

/// What a link asks for.
pub(super) fn check_asked(selector: &Selector, options: &Options) -> Result<()> {
    let mut errors: Vec<FieldError> = Vec::new();
    match selector {
        Selector::Query(it) => errors.extend(text::line("selector.query_id", &it.query_id, NAME).err()),
        Selector::Items(it) if it.work_item_ids.len() > ITEMS => {
            let message = format!("are more than {ITEMS}");
            errors.push(FieldError::new("selector.work_item_ids", "too_many", message));
        }
        Selector::Items(_) => {}
        Selector::Words(it) => errors.extend(text::prose("selector.wiql", &it.wiql).err()),
    }
    let kind = selector.work_item_type();
    errors.extend(kind.and_then(|kind| text::line("selector.work_item_type", kind, NAME).err()));
    errors.extend(options.field.as_deref().and_then(|field| text::line("measure", field, NAME).err()));
    if options.mode == LinkMode::Percent && options.field.as_deref() == Some(REMAINING_WORK) {
        let message = "remaining work has no completed share: link it as a number";
        errors.push(FieldError::new("measure", "not_allowed", message));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}
