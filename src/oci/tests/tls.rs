//! Registries whose certificate comes from an authority that nobody else knows.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;

use super::fake::Fake;
use super::image::hardened;
use super::{context, name, reading};
use crate::clock::Clock;
use crate::model::CheckState;
use crate::oci::*;

const REPO: &str = "acme/dhi-demo";

/// Lets in whoever believes its certificate.
struct Door {
    tcp: TcpListener,
    tls: TlsAcceptor,
}

impl axum::serve::Listener for Door {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            // Who does not believe the certificate leaves; the next one may.
            if let Ok((stream, from)) = self.tcp.accept().await
                && let Ok(stream) = self.tls.accept(stream).await
            {
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// A registry with a certificate for this name, and the authority it comes from, in PEM.
async fn private(certified: &str) -> (Fake, String) {
    let authority_key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Acme's own authority");
    let pem = authority.self_signed(&authority_key).expect("a certificate").pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec![certified.to_owned()]).expect("a name");
    let leaf = leaf.signed_by(&key, &issuer).expect("a certificate");

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("TLS");
    let secret = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config =
        config.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], secret).expect("a certificate");
    let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let fake = Fake::at(tcp.local_addr().expect("an address").to_string().parse().expect("a host"));
    let (door, router) = (Door { tcp, tls: TlsAcceptor::from(Arc::new(config)) }, fake.router());
    tokio::spawn(async move { axum::serve(door, router).await });
    (fake, pem)
}

fn believing(fake: &Fake, authority: Option<&str>) -> Registry {
    let authority = authority.map(str::to_owned);
    let endpoint = Endpoint { authority, ..Endpoint::new(fake.host.clone(), Clock::System) };
    Registry::connect(endpoint, None).expect("a client")
}

#[tokio::test]
async fn an_unknown_authority_is_named_as_such_and_not_tried_again() {
    let (fake, _) = private("127.0.0.1").await;
    let source = Fake::start().await;
    let image = hardened(&source, &source, REPO);
    let to = believing(&fake, None).writing(name(REPO));
    let error = copy_image(&reading(&source.host, REPO), &to, &image.index, &context()).await.expect_err("a stranger");
    assert_eq!((error.side, error.meaning()), (Side::Destination, Meaning::Tls), "{error}");
    assert!(!error.retryable());
    assert!(error.sentence().contains("certificate") && error.sentence().contains("authority"), "{}", error.sentence());
    assert!(fake.world().ledger.is_empty(), "nothing was said to a stranger");

    let report = probe(&believing(&fake, None), None).await;
    assert_eq!(report.checks[0].state, CheckState::Failed);
    assert!(report.checks[0].sentence.contains("certificate"), "{report:?}");
}

#[tokio::test]
async fn with_its_own_authority_the_registry_is_believed() {
    let (fake, pem) = private("127.0.0.1").await;
    let source = Fake::start().await;
    let image = hardened(&source, &source, REPO);
    assert!(is_authority(&pem));
    let to = believing(&fake, Some(&pem)).writing(name(REPO));
    copy_image(&reading(&source.host, REPO), &to, &image.index, &context()).await.expect("copied");
    assert!(fake.manifest(REPO, image.index.as_str()).is_some());
}

#[tokio::test]
async fn another_authority_or_another_name_is_still_a_stranger() {
    let (fake, _) = private("127.0.0.1").await;
    let (_, other) = private("127.0.0.1").await;
    assert_eq!(believing(&fake, Some(&other)).ping().await.expect_err("a stranger").meaning(), Meaning::Tls);
    let (fake, pem) = private("registry.example").await;
    assert_eq!(believing(&fake, Some(&pem)).ping().await.expect_err("not its name").meaning(), Meaning::Tls);
}

#[test]
fn what_is_no_certificate_is_no_authority() {
    for text in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"] {
        assert!(!is_authority(text), "{text:?}");
    }
}
