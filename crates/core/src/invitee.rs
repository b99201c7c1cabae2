//! Lists of people as one pastes them from a mail program or a spreadsheet.

/// A person in such a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// What was typed.
    pub text: String,
    /// The name; made from the mail address where none was given.
    pub name: String,
    /// What should be a mail address; not checked. Empty where nothing looks like one.
    pub email: String,
}

/// Reads a list: a person in each line, or several divided by semicolons or commas. Understood are `ada@example.org`,
/// `Ada Byron <ada@example.org>`, `Ada Byron, ada@example.org` and the same the other way round, also with tabs. Blank
/// lines are passed over; nothing else is.
#[must_use]
pub fn read(text: &str) -> Vec<Invitee> {
    text.lines().flat_map(pieces).map(|piece| one(&piece)).collect()
}

/// The people of a line: one, unless there are several addresses.
fn pieces(line: &str) -> Vec<String> {
    let line = line.trim().trim_end_matches([',', ';']).trim();
    let addresses = |text: &str| text.matches('@').count();
    if line.is_empty() {
        return Vec::new();
    }
    if addresses(line) < 2 {
        return vec![line.to_owned()];
    }
    let divider = if line.contains(';') { ';' } else { ',' };
    let mut pieces: Vec<String> = Vec::new();
    let mut name = String::new();
    for part in line.split(divider).map(str::trim).filter(|part| !part.is_empty()) {
        // "Byron, Ada <ada@example.org>": a part without an address belongs to the one after it.
        name.push_str(part);
        if addresses(part) > 0 {
            pieces.push(std::mem::take(&mut name));
        } else {
            name.push_str(", ");
        }
    }
    if !name.is_empty() {
        pieces.push(name.trim_end_matches([',', ' ']).to_owned());
    }
    pieces
}

fn one(text: &str) -> Invitee {
    let (name, email) = match (text.split_once('<'), text.split_once('>')) {
        (Some((name, rest)), Some(_)) => (name.to_owned(), rest.split('>').next().unwrap_or("").to_owned()),
        _ => {
            let is_divider = |c: char| matches!(c, ',' | ';' | '\t');
            let parts: Vec<&str> = if text.contains(is_divider) {
                text.split(is_divider).collect()
            } else {
                text.split_whitespace().collect()
            };
            let (emails, names): (Vec<&str>, Vec<&str>) =
                parts.into_iter().map(str::trim).partition(|part| part.contains('@'));
            (names.join(" "), emails.first().map_or_else(String::new, |email| (*email).to_owned()))
        }
    };
    let quotes = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';');
    let name = name.trim_matches(quotes);
    // "Byron, Ada" is how spreadsheets and mail programs turn names round.
    let name = match name.split_once(',') {
        Some((last, first)) => format!("{} {}", first.trim(), last.trim()),
        None => name.to_owned(),
    };
    let email = email.trim_matches(quotes).to_owned();
    let name = if name.is_empty() { name_of(&email) } else { name };
    Invitee { text: text.to_owned(), name, email }
}

/// A name to begin with, made of a mail address: `ada.byron@…` becomes "Ada Byron".
fn name_of(email: &str) -> String {
    let local = email.split('@').next().unwrap_or("");
    let words = local.split(['.', '_', '-', '+']).filter(|word| !word.is_empty());
    let capitalised = words.map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    let name = capitalised.collect::<Vec<_>>().join(" ");
    if name.is_empty() { email.to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        read(text).into_iter().map(|it| (it.name, it.email)).collect()
    }

    fn pair(name: &str, email: &str) -> (String, String) {
        (name.to_owned(), email.to_owned())
    }

    #[test]
    fn every_usual_form_is_understood() {
        let ada = [pair("Ada Byron", "ada@x.org")];
        for text in [
            "Ada Byron <ada@x.org>",
            "\"Byron, Ada\" <ada@x.org>",
            "Ada Byron, ada@x.org",
            "ada@x.org; Ada Byron",
            "Ada Byron\tada@x.org",
            "Ada Byron ada@x.org",
            "  Ada Byron <ada@x.org> ; ",
        ] {
            assert_eq!(found(text), ada, "{text}");
        }
        assert_eq!(found("ada.byron@x.org"), [pair("Ada Byron", "ada.byron@x.org")]);
    }

    #[test]
    fn a_line_may_hold_several_people() {
        let both = [pair("Ada Byron", "ada@x.org"), pair("Bob", "bob@x.org")];
        assert_eq!(found("Ada Byron <ada@x.org>; Bob <bob@x.org>"), both);
        assert_eq!(found("Ada Byron <ada@x.org>,\n\n bob@x.org"), both);
        assert_eq!(found("Byron, Ada <ada@x.org>, bob@x.org"), both);
    }

    #[test]
    fn nothing_is_passed_over() {
        assert_eq!(
            found("nobody\n@\nada@x.org, later"),
            [pair("nobody", ""), pair("@", "@"), pair("later", "ada@x.org"),]
        );
        assert!(read(" \n\t\n").is_empty());
    }
}
