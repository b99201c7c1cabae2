//! The five ways in which people write an account (integrations §2.2), brought to one base address.

use reqwest::Url;

/// Where an account's API stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    base: Url,
    services: bool,
}

/// A text that is no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidAccount(&'static str);

const HOW: InvalidAccount = InvalidAccount(
    "write the organisation's name (contoso), or its address: https://dev.azure.com/contoso, or https://server/collection for a server of your own",
);

impl Account {
    /// Reads `contoso`, `https://dev.azure.com/contoso`, `https://contoso.visualstudio.com`, `https://server/DefaultCollection` or
    /// `https://server:8080/tfs/DefaultCollection`.
    ///
    /// # Errors
    /// How to write it.
    pub fn parse(text: &str) -> Result<Self, InvalidAccount> {
        let text = text.trim().trim_end_matches('/');
        if text.is_empty() {
            return Err(HOW);
        }
        if !text.contains("://") {
            let plain =
                text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.'));
            if !plain {
                return Err(HOW);
            }
            return Self::services(text);
        }
        let url = Url::parse(text).map_err(|_| HOW)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(HOW);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidAccount(
                "leave user and password out of the address: the token has a field of its own",
            ));
        }
        let host = url.host_str().ok_or(HOW)?.to_ascii_lowercase();
        let path: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
        if host == "dev.azure.com" {
            let [organization, ..] = path.as_slice() else { return Err(HOW) };
            return Self::services(organization);
        }
        if let Some(organization) = host.strip_suffix(".visualstudio.com") {
            return Self::services(organization);
        }
        let kept = match path.as_slice() {
            [] | ["tfs"] => {
                return Err(InvalidAccount(
                    "name the collection too, as in https://server/DefaultCollection",
                ));
            }
            ["tfs", collection, ..] => format!("tfs/{collection}"),
            [collection, ..] => (*collection).to_owned(),
        };
        let mut base = url.clone();
        base.set_query(None);
        base.set_fragment(None);
        base.set_path(&kept);
        Ok(Self { base, services: false })
    }

    fn services(organization: &str) -> Result<Self, InvalidAccount> {
        let mut base = Url::parse("https://dev.azure.com").map_err(|_| HOW)?;
        base.set_path(organization);
        Ok(Self { base, services: true })
    }

    /// The base address without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Whether it is the cloud service rather than a server of one's own.
    #[must_use]
    pub const fn is_services(&self) -> bool {
        self.services
    }

    /// Its name for people: the organisation, or host and collection.
    #[must_use]
    pub fn name(&self) -> String {
        let path = self.base.path().trim_matches('/');
        if self.services { path.to_owned() } else { format!("{}/{path}", self.base.host_str().unwrap_or("")) }
    }

    /// An address below the base; each part becomes one segment, whatever is in it.
    pub(super) fn url(&self, parts: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(parts);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> String {
        Account::parse(text).unwrap().base().to_owned()
    }

    #[test]
    fn all_five_spellings() {
        assert_eq!(base("contoso"), "https://dev.azure.com/contoso");
        assert_eq!(base(" https://dev.azure.com/contoso/ "), "https://dev.azure.com/contoso");
        assert_eq!(base("https://dev.azure.com/contoso/Web%20Shop/_boards"), "https://dev.azure.com/contoso");
        assert_eq!(base("https://contoso.visualstudio.com"), "https://dev.azure.com/contoso");
        assert_eq!(
            base("https://Contoso.VisualStudio.com/DefaultCollection"),
            "https://dev.azure.com/contoso"
        );
        assert_eq!(base("https://server/DefaultCollection"), "https://server/DefaultCollection");
        assert_eq!(
            base("https://server:8080/tfs/DefaultCollection/"),
            "https://server:8080/tfs/DefaultCollection"
        );
        assert_eq!(base("http://server/tfs/Old/Project?x=1#y"), "http://server/tfs/Old");
    }

    #[test]
    fn what_is_no_account_is_refused_with_how_to_write_it() {
        for text in ["", "  ", "con toso", "ftp://server/x", "https://dev.azure.com", "https://", "a/b"] {
            assert_eq!(Account::parse(text), Err(HOW), "{text}");
        }
        assert!(Account::parse("https://server").unwrap_err().to_string().contains("collection"));
        assert!(Account::parse("https://server/tfs").unwrap_err().to_string().contains("collection"));
        let secret = Account::parse("https://me:secret@server/x").unwrap_err().to_string();
        assert!(secret.contains("token") && !secret.contains("secret"), "{secret}");
    }

    #[test]
    fn parts_of_an_address_are_one_segment_each() {
        let account = Account::parse("https://server/tfs/Default Collection").unwrap();
        let url = account.url(&["Web/Shop 100%", "_apis", "wit", "queries"]);
        assert_eq!(
            url.as_str(),
            "https://server/tfs/Default%20Collection/Web%2FShop%20100%25/_apis/wit/queries"
        );
        assert_eq!(account.name(), "server/tfs/Default%20Collection");
        assert_eq!(Account::parse("contoso").unwrap().name(), "contoso");
    }
}
