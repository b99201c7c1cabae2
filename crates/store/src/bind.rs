//! What may be bound to `$n`: text, whole numbers, real numbers and their absence.

use northing_core::values::{Day, Id, Moment};
use serde::Serialize;
use sqlx::Arguments;
use sqlx::any::AnyArguments;

use crate::failure::Failure;

/// A bound value; absence keeps its type, which PostgreSQL wants to know.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// TEXT.
    Text(Option<String>),
    /// BIGINT, or INTEGER 0/1.
    Int(Option<i64>),
    /// DOUBLE PRECISION.
    Real(Option<f64>),
}

impl Value {
    pub(crate) fn add_to(self, arguments: &mut AnyArguments) -> Result<(), Failure> {
        match self {
            Self::Text(value) => arguments.add(value),
            Self::Int(value) => arguments.add(value),
            Self::Real(Some(value)) => arguments.add(value),
            // The driver takes an absent double for a float4 and the other way round; PostgreSQL would keep that type for
            // the prepared statement and refuse the next double.
            Self::Real(None) => arguments.add(None::<f32>),
        }
        .map_err(|error| Failure::Other(sqlx::Error::Encode(error)))
    }
}

/// A type that can be bound. `Option` of it binds NULL for `None`.
pub trait Bind {
    /// The absent value of this type.
    const NULL: Value;
    /// This value, as the store keeps it.
    fn value(self) -> Value;
}

macro_rules! binds {
    ($($type:ty as $kind:ident = |$it:ident| $to:expr;)+) => { $(
        impl Bind for $type {
            const NULL: Value = Value::$kind(None);
            fn value(self) -> Value {
                let $it = self;
                Value::$kind(Some($to))
            }
        }
    )+ };
}

binds! {
    String as Text = |it| it;
    &String as Text = |it| it.clone();
    &str as Text = |it| it.to_owned();
    Id as Text = |it| it.to_string();
    &Id as Text = |it| it.to_string();
    Day as Text = |it| it.to_string();
    Moment as Int = |it| it.millis();
    i64 as Int = |it| it;
    i32 as Int = |it| i64::from(it);
    u32 as Int = |it| i64::from(it);
    bool as Int = |it| i64::from(it);
    f64 as Real = |it| it;
}

impl<T: Bind> Bind for Option<T> {
    const NULL: Value = T::NULL;
    fn value(self) -> Value {
        self.map_or(T::NULL, T::value)
    }
}

impl Bind for Value {
    const NULL: Value = Value::Text(None);
    fn value(self) -> Value {
        self
    }
}

/// A list as one bound JSON text, for `… IN (SELECT value FROM json_each($n))`: ids, texts or other things with a text form.
/// The statement stays the same for any length. `json_each` gives `key` (position from 0) and `value` (TEXT).
pub fn list<T: Serialize>(items: impl IntoIterator<Item = T>) -> Value {
    let mut json = String::from("[");
    for item in items {
        // Ids and texts always have a JSON form; anything else that has none becomes null and matches nothing.
        let item = serde_json::to_string(&item).unwrap_or_else(|_| String::from("null"));
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&item);
    }
    json.push(']');
    Value::Text(Some(json))
}

/// The pattern of `LIKE … ESCAPE '!'` for what holds a text; empty for no text, which is to mean "anything".
#[must_use]
pub fn like(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("%{}%", text.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}
