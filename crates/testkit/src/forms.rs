//! What a browser without scripts would send of a form as it was served.

/// The fields of the form whose `action` is this, in their order: ticked boxes, selected options, texts. Buttons are none.
#[must_use]
pub fn fields(page: &str, action: &str) -> Vec<(String, String)> {
    let Some(start) = page.find(&format!(r#"action="{action}""#)) else { return Vec::new() };
    let form = page.get(start..).unwrap_or_default();
    let form = form.split("</form>").next().unwrap_or_default();
    // What stands in templates is not there yet.
    let form: String = form
        .split("<template")
        .map(|part| part.split_once("</template>").map_or(part, |(_, rest)| rest))
        .collect();
    let mut fields = Vec::new();
    let mut rest = form.as_str();
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        let (tag, after) = rest.split_once('>').unwrap_or((rest, ""));
        let value = match tag.split_whitespace().next() {
            Some("input") if boxed(tag) => {
                flag(tag, "checked").then(|| attribute(tag, "value").unwrap_or_default())
            }
            Some("input") => Some(attribute(tag, "value").unwrap_or_default()),
            Some("textarea") => Some(plain(after.split('<').next().unwrap_or_default())),
            Some("select") => {
                let options = after.split("</select>").next().unwrap_or_default();
                let chosen = options
                    .split("<option")
                    .find(|it| flag(it.split('>').next().unwrap_or_default(), "selected"));
                let chosen = chosen.or_else(|| options.split("<option").nth(1));
                chosen.and_then(|option| attribute(option, "value"))
            }
            _ => None,
        };
        if let (Some(name), Some(value), false) = (attribute(tag, "name"), value, flag(tag, "disabled")) {
            fields.push((name, value));
        }
        rest = after;
    }
    fields
}

fn boxed(tag: &str) -> bool {
    matches!(attribute(tag, "type").as_deref(), Some("checkbox" | "radio"))
}

/// Whether a tag has an attribute without value.
fn flag(tag: &str, name: &str) -> bool {
    tag.split('"').step_by(2).any(|part| part.split_whitespace().any(|word| word == name))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split_once(&format!(r#" {name}=""#))?.1.split('"').next()?;
    Some(plain(value))
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_sends_it() {
        let page = r#"<form action="/other"><input name="no" value="1"></form><form method="post" action="/goals">
            <input type="hidden" name="csrf" value="a&amp;b"><input type="radio" name="kind" value="x"><input type="radio" name="kind" value="y" checked>
            <input type="checkbox" name="off" value="1"><textarea name="text" rows="3">a &lt;b&gt;</textarea><input name="gone" value="1" disabled>
            <select name="period"><option value="1">One</option><option value="2" selected>Two</option></select>
            <template data-row><input name="row" value=""></template><input name="last" value=""><button name="go">Go</button></form>"#;
        let told: Vec<String> =
            fields(page, "/goals").iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(told, ["csrf=a&b", "kind=y", "text=a <b>", "period=2", "last="]);
    }
}
