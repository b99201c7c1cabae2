//! Reading a row. A value that is not what its column promises is [`Failure::Corrupt`], naming the column.

use std::fmt::Display;
use std::str::FromStr;

use northing_core::values::{Day, Id, Moment};
use serde::de::DeserializeOwned;
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{Column, Decode, Row as _, ValueRef};

use crate::bind::Value;
use crate::failure::Failure;

/// One row of an answer.
pub struct Row(pub(crate) AnyRow);

fn corrupt(column: &str, reason: impl Display) -> Failure {
    Failure::Corrupt { column: column.to_owned(), reason: reason.to_string() }
}

impl Row {
    fn get<T: for<'r> Decode<'r, sqlx::Any> + sqlx::Type<sqlx::Any>>(
        &self,
        column: &str,
        what: &str,
    ) -> Result<Option<T>, Failure> {
        let raw = self.0.try_get_raw(column).map_err(|_| corrupt(column, "missing from the answer"))?;
        if raw.is_null() {
            return Ok(None);
        }
        T::decode(raw).map(Some).map_err(|_| corrupt(column, format_args!("no {what}")))
    }

    /// A text.
    ///
    /// # Errors
    /// [`Failure::Corrupt`] where it is absent or no text; so for all of these.
    pub fn text(&self, column: &str) -> Result<String, Failure> {
        self.opt_text(column)?.ok_or_else(|| corrupt(column, "absent"))
    }

    /// A text, if there is one.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn opt_text(&self, column: &str) -> Result<Option<String>, Failure> {
        self.get(column, "text")
    }

    /// A whole number.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn int(&self, column: &str) -> Result<i64, Failure> {
        self.opt_int(column)?.ok_or_else(|| corrupt(column, "absent"))
    }

    /// A whole number, if there is one.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>, Failure> {
        self.get(column, "whole number")
    }

    /// A real number.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn real(&self, column: &str) -> Result<f64, Failure> {
        self.opt_real(column)?.ok_or_else(|| corrupt(column, "absent"))
    }

    /// A real number, if there is one.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn opt_real(&self, column: &str) -> Result<Option<f64>, Failure> {
        self.get(column, "real number")
    }

    /// A flag: INTEGER 0 or 1.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn flag(&self, column: &str) -> Result<bool, Failure> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(corrupt(column, "neither 0 nor 1")),
        }
    }

    /// A value with a text form: an enum of fixed names, a day, an id.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn parsed<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T, Failure> {
        self.opt_parsed(column)?.ok_or_else(|| corrupt(column, "absent"))
    }

    /// A value with a text form, if there is one.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn opt_parsed<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Option<T>, Failure> {
        let text = self.opt_text(column)?;
        text.map(|text| text.parse().map_err(|error: T::Err| corrupt(column, error))).transpose()
    }

    /// An identifier.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn id(&self, column: &str) -> Result<Id, Failure> {
        self.parsed(column)
    }

    /// An identifier, if there is one.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn opt_id(&self, column: &str) -> Result<Option<Id>, Failure> {
        self.opt_parsed(column)
    }

    /// A day.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn day(&self, column: &str) -> Result<Day, Failure> {
        self.parsed(column)
    }

    /// A day, if there is one.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn opt_day(&self, column: &str) -> Result<Option<Day>, Failure> {
        self.opt_parsed(column)
    }

    /// A moment.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn moment(&self, column: &str) -> Result<Moment, Failure> {
        self.int(column).map(Moment::from_millis)
    }

    /// A moment, if there is one.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn opt_moment(&self, column: &str) -> Result<Option<Moment>, Failure> {
        Ok(self.opt_int(column)?.map(Moment::from_millis))
    }

    /// A structure kept as JSON text.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, Failure> {
        self.opt_json(column)?.ok_or_else(|| corrupt(column, "absent"))
    }

    /// A structure kept as JSON text, if there is one.
    #[expect(clippy::missing_errors_doc, reason = "as for text")]
    pub fn opt_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Failure> {
        let text = self.opt_text(column)?;
        let read = |text: String| {
            serde_json::from_str(&text).map_err(|e| {
                corrupt(column, format_args!("no valid structure (line {}, column {})", e.line(), e.column()))
            })
        };
        text.map(read).transpose()
    }

    /// Names and values of all columns, in their order.
    pub(crate) fn cells(&self) -> impl Iterator<Item = Result<(&str, Value), Failure>> {
        self.0.columns().iter().map(|column| {
            let name = column.name();
            let raw = self.0.try_get_raw(column.ordinal())?;
            let kind = raw.type_info().kind();
            let value = match kind {
                _ if raw.is_null() => Value::Text(None),
                AnyTypeInfoKind::Text => Value::Text(self.opt_text(name)?),
                AnyTypeInfoKind::Real | AnyTypeInfoKind::Double => Value::Real(self.opt_real(name)?),
                _ => Value::Int(self.opt_int(name)?),
            };
            Ok((name, value))
        })
    }
}
