//! A front with TLS before a server on loopback, under an authority that is made for the test and that nobody else trusts.

use std::sync::Arc;

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A running front; ends when it is dropped.
pub struct Front {
    address: String,
    authority: String,
    server: JoinHandle<()>,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Front {
    /// Starts a front before the server at `http://HOST:PORT`.
    ///
    /// # Errors
    /// Where no certificate can be made or no port is free.
    pub async fn start(behind: &str) -> Result<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate()?;
        let authority = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);
        let own = KeyPair::generate()?;
        let leaf =
            CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()])?.signed_by(&own, &issuer)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("https://{}", listener.local_addr()?);
        let behind = behind.trim_start_matches("http://").to_owned();
        let server = tokio::spawn(async move {
            while let Ok((plain, _)) = listener.accept().await {
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                tokio::spawn(async move {
                    // A visitor who does not trust the certificate goes away, which is what the test is about.
                    let Ok(mut outer) = acceptor.accept(plain).await else { return };
                    let Ok(mut inner) = TcpStream::connect(behind).await else { return };
                    let _ended = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
                });
            }
        });
        Ok(Self { address, authority: authority.pem(), server })
    }

    /// `https://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The authority's certificate as PEM.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }
}
