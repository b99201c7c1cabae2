//! Secrets of connections, sealed with AES-256-GCM under a key that is kept outside the database. What a secret is for is part of the
//! seal: one that was copied to another connection does not open.

use std::sync::{Arc, PoisonError, RwLock};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::clock::Rng;
use crate::error::{Error, Result};

const FORM: &str = "v1";

/// Where the keys are read: a text with a key in each line, the newest first, `name:base64`. Asked again before anything is sealed, and
/// when a secret was sealed with a key that is not known yet: another process may have rotated them.
pub type KeySource = Arc<dyn Fn() -> std::result::Result<String, String> + Send + Sync>;

struct NamedKey {
    name: String,
    key: SecretBox<[u8; 32]>,
}

/// The keys.
#[derive(Clone)]
pub struct Vault {
    source: KeySource,
    keys: Arc<RwLock<Vec<NamedKey>>>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

impl Vault {
    /// A vault with the keys of a source.
    ///
    /// # Errors
    /// Why the keys cannot be read, in a sentence.
    pub fn open(source: KeySource) -> std::result::Result<Self, String> {
        let keys = parse(&source()?)?;
        Ok(Self { source, keys: Arc::new(RwLock::new(keys)) })
    }

    /// A new key as a line of such a text.
    #[must_use]
    pub fn new_key(rng: &dyn Rng) -> String {
        let mut bytes = [0; 32 + 4];
        rng.fill(&mut bytes);
        let (key, name) = bytes.split_at(32);
        let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{name}:{}", STANDARD_NO_PAD.encode(key))
    }

    /// Seals a text with the key that is the newest at this moment, not with the one that was when this process began: an older one may be
    /// about to go. `about` names what it is the secret of.
    ///
    /// # Errors
    /// [`Error::Internal`] where there is no key or the keys cannot be read.
    pub(crate) fn seal(&self, rng: &dyn Rng, about: &str, plain: &str) -> Result<String> {
        self.read_again().map_err(|why| Error::Internal(format!("a secret cannot be sealed: {why}")))?;
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let newest =
            keys.first().ok_or_else(|| Error::Internal(String::from("there is no key for secrets")))?;
        let mut nonce = [0; 12];
        rng.fill(&mut nonce);
        let payload = Payload { msg: plain.as_bytes(), aad: about.as_bytes() };
        let sealed = cipher(newest).encrypt(&Nonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| Error::Internal(String::from("a secret cannot be sealed")))?;
        let (nonce, sealed) = (STANDARD_NO_PAD.encode(nonce), STANDARD_NO_PAD.encode(sealed));
        Ok(format!("{FORM}:{}:{nonce}:{sealed}", newest.name))
    }

    /// Opens what was sealed for the same purpose.
    ///
    /// # Errors
    /// [`Error::Internal`] where the key is gone or the text was tampered with.
    pub(crate) fn unseal(&self, about: &str, sealed: &str) -> Result<SecretString> {
        let broken = |why: &str| Error::Internal(format!("the secret of {about} cannot be opened: {why}"));
        let mut parts = sealed.split(':');
        let (Some(FORM), Some(name), Some(nonce), Some(text)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(broken("it is not in our form"));
        };
        if !self.knows(name) {
            self.read_again().map_err(|why| broken(&why))?;
        }
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.iter().find(|key| key.name == name).ok_or_else(|| broken("its key is gone"))?;
        let decoded = |text: &str| STANDARD_NO_PAD.decode(text).map_err(|_| broken("it was damaged"));
        let nonce: [u8; 12] = decoded(nonce)?.try_into().map_err(|_| broken("it was damaged"))?;
        let sealed = decoded(text)?;
        let payload = Payload { msg: &sealed, aad: about.as_bytes() };
        let plain =
            cipher(key).decrypt(&Nonce::from(nonce), payload).map_err(|_| broken("it was damaged"))?;
        Ok(String::from_utf8(plain).map_err(|_| broken("it is no text"))?.into())
    }

    /// Whether a sealed text was sealed with the newest key.
    pub(crate) fn is_newest(&self, sealed: &str) -> bool {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.first().is_some_and(|key| Some(key.name.as_str()) == key_of(sealed))
    }

    fn read_again(&self) -> std::result::Result<(), String> {
        let fresh = parse(&(self.source)()?)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    fn knows(&self, name: &str) -> bool {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().any(|key| key.name == name)
    }
}

/// The name of the key that a text was sealed with.
pub(crate) fn key_of(sealed: &str) -> Option<&str> {
    sealed.split(':').nth(1)
}

fn cipher(key: &NamedKey) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key.key.expose_secret()))
}

fn parse(text: &str) -> std::result::Result<Vec<NamedKey>, String> {
    let lines = text.split_whitespace().filter(|line| !line.starts_with('#'));
    let keys: Vec<NamedKey> = lines
        .map(|line| {
            let wrong = || String::from("a key for secrets is written as name:base64 of 32 bytes");
            let (name, encoded) = line.split_once(':').ok_or_else(wrong)?;
            let bytes = STANDARD_NO_PAD.decode(encoded.trim_end_matches('=')).map_err(|_| wrong())?;
            let key: [u8; 32] = bytes.try_into().map_err(|_| wrong())?;
            Ok(NamedKey { name: name.to_owned(), key: SecretBox::new(Box::new(key)) })
        })
        .collect::<std::result::Result<_, String>>()?;
    if keys.is_empty() { Err(String::from("there is no key for secrets")) } else { Ok(keys) }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    struct Counting(Mutex<u8>);

    impl Rng for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            let mut next = self.0.lock().unwrap();
            for byte in bytes {
                *next = next.wrapping_add(1);
                *byte = *next;
            }
        }
    }

    fn of(text: &Arc<Mutex<String>>) -> Vault {
        let text = text.clone();
        Vault::open(Arc::new(move || Ok(text.lock().unwrap().clone()))).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_only() {
        let rng = Counting(Mutex::new(0));
        let vault = of(&Arc::new(Mutex::new(Vault::new_key(&rng))));
        let sealed = vault.seal(&rng, "connection 1", "geheim \u{1F511}").unwrap();
        assert!(!sealed.contains("geheim"));
        assert_eq!(vault.unseal("connection 1", &sealed).unwrap().expose_secret(), "geheim \u{1F511}");
        assert!(vault.unseal("connection 2", &sealed).is_err());
        let mut damaged = sealed.clone().into_bytes();
        let at = damaged.len() - 2;
        damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
        assert!(vault.unseal("connection 1", &String::from_utf8(damaged).unwrap()).is_err());
        assert_ne!(vault.seal(&rng, "connection 1", "geheim \u{1F511}").unwrap(), sealed, "no nonce twice");
    }

    #[test]
    fn keys_that_another_process_added_are_learnt() {
        let rng = Counting(Mutex::new(0));
        let text = Arc::new(Mutex::new(Vault::new_key(&rng)));
        let served = of(&text);
        let old = served.seal(&rng, "x", "one").unwrap();
        let rotated = format!("{}\n{}", Vault::new_key(&rng), text.lock().unwrap());
        *text.lock().unwrap() = rotated;
        let other = of(&text);
        assert!(!other.is_newest(&old));
        let new = other.seal(&rng, "x", other.unseal("x", &old).unwrap().expose_secret()).unwrap();
        assert!(other.is_newest(&new));
        assert_eq!(
            served.unseal("x", &new).unwrap().expose_secret(),
            "one",
            "the serving process reads the keys again"
        );
    }

    #[test]
    fn a_process_that_runs_on_seals_with_the_key_that_another_put_before_its_own() {
        let rng = Counting(Mutex::new(0));
        let text = Arc::new(Mutex::new(Vault::new_key(&rng)));
        let served = of(&text);
        served.seal(&rng, "x", "one").unwrap();
        // Rotated, and the key that the process began with is gone.
        let newest = Vault::new_key(&rng);
        *text.lock().unwrap() = newest.clone();
        let sealed = served.seal(&rng, "x", "two").unwrap();
        assert_eq!(key_of(&sealed), newest.split_once(':').map(|(name, _)| name));
        assert_eq!(of(&text).unseal("x", &sealed).unwrap().expose_secret(), "two");
        // Keys that cannot be read are no reason to seal with one that may be gone.
        *text.lock().unwrap() = String::new();
        assert!(served.seal(&rng, "x", "three").is_err());
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        for text in ["", "abc", "a:short", "# only a remark"] {
            assert!(Vault::open(Arc::new(move || Ok(text.to_owned()))).is_err(), "{text}");
        }
    }
}
