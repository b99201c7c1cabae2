//! A subset of the query language: `SELECT … FROM WorkItems | WorkItemLinks WHERE … ORDER BY … ASOF … MODE (…)`, with `= <> < > <= >=`,
//! `IN`, `NOT IN`, `UNDER`, `CONTAINS`, `AND`, `OR`, `NOT`, and the macros `@project`, `@me` and `@today`.

use std::cmp::Ordering;

use northing_core::values::Moment;
use serde_json::Value;

use super::world::{Identity, Project, Revision, World};

/// A parsed query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wiql {
    pub(super) links: bool,
    pub(super) condition: Option<Condition>,
    pub(super) as_of: Option<Moment>,
    pub(super) mode: Mode,
    pub(super) columns: Vec<String>,
}

/// How links are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    MustContain,
    MayContain,
    DoesNotContain,
    Recursive,
}

/// Which of the two items of a link a field is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Source,
    Target,
    Link,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test { side: Side, field: String, operator: Operator, values: Vec<Literal> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    Under,
    NotUnder,
    Contains,
    NotContains,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number(f64),
    Macro(String, i64),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Field(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
}

/// What is wrong with a query, in the service's words.
pub(super) type Refusal = String;

fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    const SIGNS: [&str; 11] = ["<>", "<=", ">=", "<", ">", "=", "(", ")", ",", ".", "-"];
    let mut rest = text.trim_start();
    let mut found = Vec::new();
    while let Some(first) = rest.chars().next() {
        if first == '[' {
            let end = rest.find(']').ok_or("Expecting end of field name.")?;
            found.push(Token::Field(rest[1..end].to_owned()));
            rest = &rest[end + 1..];
        } else if first == '\'' || first == '"' {
            // A quote inside the text is written twice.
            let (mut text, mut at) = (String::new(), 1);
            loop {
                let end = rest[at..].find(first).ok_or("Expecting end of string.")? + at;
                text.push_str(&rest[at..end]);
                at = end + 1;
                if !rest[at..].starts_with(first) {
                    break;
                }
                text.push(first);
                at += 1;
            }
            found.push(Token::Text(text));
            rest = &rest[at..];
        } else if first.is_ascii_digit() {
            let end = rest.find(|it: char| !(it.is_ascii_digit() || it == '.')).unwrap_or(rest.len());
            found.push(Token::Number(rest[..end].parse().map_err(|_| "Expecting a number.")?));
            rest = &rest[end..];
        } else if first.is_alphabetic() || first == '@' || first == '_' {
            let end = rest[first.len_utf8()..]
                .find(|it: char| !(it.is_alphanumeric() || it == '_' || it == '.'))
                .map_or(rest.len(), |end| end + first.len_utf8());
            found.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            found.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            return Err(format!("Unexpected character {first}."));
        }
        rest = rest.trim_start();
    }
    Ok(found)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(it)) if it.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(it)) if *it == sign);
        self.at += usize::from(found);
        found
    }

    fn field(&mut self) -> Result<(Side, String), Refusal> {
        let side = |name: &str| match name.to_ascii_lowercase().as_str() {
            "source" => Some(Side::Source),
            "target" => Some(Side::Target),
            _ => None,
        };
        match self.next() {
            Some(Token::Field(name) | Token::Word(name)) => match side(&name) {
                Some(side) if self.sign(".") => match self.next() {
                    Some(Token::Field(name)) => Ok((side, name)),
                    _ => Err("Expecting field name.".into()),
                },
                _ if name.to_ascii_lowercase().starts_with("system.links.") => Ok((Side::Link, name)),
                _ => Ok((Side::Source, name)),
            },
            _ => Err("Expecting field name.".into()),
        }
    }

    fn literal(&mut self) -> Result<Literal, Refusal> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Literal::Text(text)),
            Some(Token::Number(number)) => Ok(Literal::Number(number)),
            Some(Token::Sign("-")) => match self.next() {
                Some(Token::Number(number)) => Ok(Literal::Number(-number)),
                _ => Err("Expecting a number.".into()),
            },
            Some(Token::Word(word)) if word.starts_with('@') => {
                let back = if self.sign("-") {
                    match self.next() {
                        #[expect(clippy::cast_possible_truncation, reason = "days of a test")]
                        Some(Token::Number(days)) => -(days as i64),
                        _ => return Err("Expecting a number of days.".into()),
                    }
                } else {
                    0
                };
                Ok(Literal::Macro(word.to_ascii_lowercase(), back))
            }
            Some(Token::Word(word)) => Ok(Literal::Text(word)),
            _ => Err("Expecting a value.".into()),
        }
    }

    fn any(&mut self) -> Result<Condition, Refusal> {
        let mut parts = vec![self.all()?];
        while self.word("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self) -> Result<Condition, Refusal> {
        let mut parts = vec![self.one()?];
        while self.word("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }

    fn one(&mut self) -> Result<Condition, Refusal> {
        if self.word("not") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.sign("(") {
            let inner = self.any()?;
            return if self.sign(")") { Ok(inner) } else { Err("Expecting closing bracket.".into()) };
        }
        let (side, field) = self.field()?;
        let not = self.word("not");
        let operator = match self.next() {
            Some(Token::Sign("=")) => Operator::Equal,
            Some(Token::Sign("<>")) => Operator::Unequal,
            Some(Token::Sign("<")) => Operator::Less,
            Some(Token::Sign("<=")) => Operator::LessOrEqual,
            Some(Token::Sign(">")) => Operator::Greater,
            Some(Token::Sign(">=")) => Operator::GreaterOrEqual,
            Some(Token::Word(word)) => match (word.to_ascii_lowercase().as_str(), not) {
                ("in", false) => Operator::In,
                ("in", true) => Operator::NotIn,
                ("under", false) => Operator::Under,
                ("under", true) => Operator::NotUnder,
                ("contains", false) => Operator::Contains,
                ("contains", true) => Operator::NotContains,
                _ => return Err(format!("Expecting an operator instead of {word}.")),
            },
            _ => return Err("Expecting an operator.".into()),
        };
        let mut values = Vec::new();
        if matches!(operator, Operator::In | Operator::NotIn) {
            if !self.sign("(") {
                return Err("Expecting opening bracket.".into());
            }
            loop {
                values.push(self.literal()?);
                if self.sign(")") {
                    break;
                }
                if !self.sign(",") {
                    return Err("Expecting closing bracket.".into());
                }
            }
        } else {
            values.push(self.literal()?);
        }
        Ok(Condition::Test { side, field, operator, values })
    }
}

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Wiql, Refusal> {
    if text.len() > 32_000 {
        return Err("VS403365: The query text is longer than 32000 characters.".into());
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    if !parser.word("select") {
        return Err("Expecting keyword SELECT.".into());
    }
    let mut columns = Vec::new();
    while !parser.word("from") {
        match parser.next() {
            Some(Token::Field(name) | Token::Word(name)) => columns.push(name),
            Some(Token::Sign(",")) => {}
            _ => return Err("Expecting keyword FROM.".into()),
        }
    }
    let links = match parser.next() {
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("workitems") => false,
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("workitemlinks") => true,
        _ => return Err("Expecting WorkItems or WorkItemLinks.".into()),
    };
    let condition = if parser.word("where") { Some(parser.any()?) } else { None };
    if parser.word("order") {
        if !parser.word("by") {
            return Err("Expecting keyword BY.".into());
        }
        loop {
            parser.field()?;
            let _direction = parser.word("asc") || parser.word("desc");
            if !parser.sign(",") {
                break;
            }
        }
    }
    let mut as_of = None;
    if parser.word("asof") {
        let Some(Token::Text(text)) = parser.next() else { return Err("Expecting a date.".into()) };
        as_of = Some(moment(&text).ok_or("Expecting a date.")?);
    }
    let mut mode = Mode::MustContain;
    if parser.word("mode") {
        if !parser.sign("(") {
            return Err("Expecting opening bracket.".into());
        }
        while !parser.sign(")") {
            match parser.next() {
                Some(Token::Word(word)) => match word.to_ascii_lowercase().as_str() {
                    "mustcontain" => mode = Mode::MustContain,
                    "maycontain" => mode = Mode::MayContain,
                    "doesnotcontain" => mode = Mode::DoesNotContain,
                    "recursive" => mode = Mode::Recursive,
                    "returnmatchingchildren" => {}
                    _ => return Err(format!("Unknown mode {word}.")),
                },
                Some(Token::Sign(",")) => {}
                _ => return Err("Expecting closing bracket.".into()),
            }
        }
    }
    if parser.peek().is_some() {
        return Err("Expecting end of string.".into());
    }
    Ok(Wiql { links, condition, as_of, mode, columns })
}

fn moment(text: &str) -> Option<Moment> {
    let day = || format!("{text}T00:00:00Z").parse().ok();
    text.parse().ok().or_else(day)
}

impl Condition {
    /// Whether it can hold in the asker's project alone.
    pub(super) fn stays_in_project(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().any(Self::stays_in_project),
            Self::Test { field, operator: Operator::Equal, values, .. } => {
                let here = |value: &Literal| matches!(value, Literal::Macro(name, _) if name == "@project");
                field.eq_ignore_ascii_case("System.TeamProject") && values.iter().all(here)
            }
            _ => false,
        }
    }

    /// Every field that is named, for the check that it exists.
    pub(super) fn fields(&self, into: &mut Vec<String>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.fields(into)),
            Self::Not(part) => part.fields(into),
            Self::Test { side: Side::Link, .. } => {}
            Self::Test { field, .. } => into.push(field.clone()),
        }
    }

    /// The parts that speak of one side of a link; `None` where they say nothing of it.
    pub(super) fn of(&self, wanted: Side) -> Option<Self> {
        match self {
            Self::All(parts) => {
                let mut kept: Vec<Self> = parts.iter().filter_map(|part| part.of(wanted)).collect();
                match kept.len() {
                    0 => None,
                    1 => kept.pop(),
                    _ => Some(Self::All(kept)),
                }
            }
            Self::Any(_) | Self::Not(_) => (self.side() == wanted).then(|| self.clone()),
            Self::Test { side, .. } => (*side == wanted).then(|| self.clone()),
        }
    }

    fn side(&self) -> Side {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.first().map_or(Side::Source, Self::side),
            Self::Not(part) => part.side(),
            Self::Test { side, .. } => *side,
        }
    }
}

/// What macros mean for whoever asks.
pub(super) struct Asker<'a> {
    pub(super) world: &'a World,
    pub(super) identity: &'a Identity,
    pub(super) project: Option<&'a Project>,
}

impl Asker<'_> {
    /// Whether an item as it stood fulfils a condition.
    pub(super) fn fits(&self, revision: &Revision, condition: &Condition) -> bool {
        match condition {
            Condition::All(parts) => parts.iter().all(|part| self.fits(revision, part)),
            Condition::Any(parts) => parts.iter().any(|part| self.fits(revision, part)),
            Condition::Not(part) => !self.fits(revision, part),
            Condition::Test { side: Side::Link, .. } => true,
            Condition::Test { field, operator, values, .. } => {
                let value = revision.fields.get(field).or_else(|| {
                    let found = revision.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(field));
                    found.map(|(_, value)| value)
                });
                self.test(value, *operator, values)
            }
        }
    }

    fn test(&self, value: Option<&Value>, operator: Operator, values: &[Literal]) -> bool {
        let any = |test: &dyn Fn(&Literal) -> bool| values.iter().any(test);
        let equal = |literal: &Literal| self.compare(value, literal) == Some(Ordering::Equal);
        let ordered = |wanted: &[Ordering]| {
            any(&|literal| self.compare(value, literal).is_some_and(|order| wanted.contains(&order)))
        };
        let under =
            || any(&|literal| text_of(value).is_some_and(|text| is_under(&text, &self.text(literal))));
        let contains =
            || any(&|literal| text_of(value).is_some_and(|text| text.contains(&self.text(literal))));
        match operator {
            Operator::Equal | Operator::In => any(&equal),
            Operator::Unequal | Operator::NotIn => !any(&equal),
            Operator::Less => ordered(&[Ordering::Less]),
            Operator::LessOrEqual => ordered(&[Ordering::Less, Ordering::Equal]),
            Operator::Greater => ordered(&[Ordering::Greater]),
            Operator::GreaterOrEqual => ordered(&[Ordering::Greater, Ordering::Equal]),
            Operator::Under => under(),
            Operator::NotUnder => !under(),
            Operator::Contains => contains(),
            Operator::NotContains => !contains(),
        }
    }

    fn compare(&self, value: Option<&Value>, literal: &Literal) -> Option<Ordering> {
        match (value.and_then(Value::as_f64), literal) {
            (Some(number), Literal::Number(other)) => number.partial_cmp(other),
            (Some(number), Literal::Text(other)) => number.partial_cmp(&other.parse().ok()?),
            _ => {
                let text = text_of(value).unwrap_or_default();
                let other = self.text(literal);
                match (moment(&text), moment(&other)) {
                    (Some(moment), Some(other)) => Some(moment.cmp(&other)),
                    _ => Some(text.cmp(&other)),
                }
            }
        }
    }

    /// A literal as folded text.
    fn text(&self, literal: &Literal) -> String {
        match literal {
            Literal::Text(text) => text.to_lowercase(),
            Literal::Number(number) => number.to_string(),
            Literal::Macro(name, days) => match name.as_str() {
                "@me" => self.identity.name.to_lowercase(),
                "@project" => self.project.map(|project| project.name.to_lowercase()).unwrap_or_default(),
                "@today" => {
                    let start =
                        self.world.now.day_in(&jiff::tz::TimeZone::UTC).start_in(&jiff::tz::TimeZone::UTC);
                    start.plus_millis(days * 86_400_000).to_string().to_lowercase()
                }
                _ => String::new(),
            },
        }
    }
}

fn text_of(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.to_lowercase()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(person) => person.get("displayName")?.as_str().map(str::to_lowercase),
        _ => None,
    }
}

fn is_under(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_a_tree_and_what_is_wrong() {
        let list = parse(
            "select [System.Id], [System.Title] from WorkItems where ([System.State] <> 'Closed' or not [X] in (1, -2.5)) \
             and [System.AreaPath] under 'Web\\Shop' order by [System.Id] desc asof '2026-01-31'",
        )
        .unwrap();
        assert!(!list.links && list.as_of.is_some() && list.columns.len() == 2);
        let tree = parse(
            "SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.WorkItemType] = 'Epic' AND \
             [System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Forward' AND [Target].[System.State] = 'Done' MODE (Recursive)",
        )
        .unwrap();
        assert_eq!((tree.links, tree.mode), (true, Mode::Recursive));
        let condition = tree.condition.unwrap();
        assert!(condition.of(Side::Target).is_some() && condition.of(Side::Source).is_some());
        for bad in [
            "",
            "select",
            "select [x] from Items",
            "select [x] from WorkItems where",
            "select [x] from WorkItems where [a] = 'b",
            "select [x] from WorkItems where [a] ~ 1",
            "select [x] from WorkItems extra",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
