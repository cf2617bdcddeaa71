//! A proxy that makes trouble in front of a registry which none of us wrote. It keeps no content of its own, and writes down
//! every request as the sandbox does.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::faults::{self, Faults, Trouble};
use super::ledger::{Entry, Ledger};
use super::listen::{Cut, Door};
use super::world::now;
use super::{Facade, StartError};

/// A running proxy on a port of this machine; it ends when dropped.
pub struct Proxy {
    address: SocketAddr,
    desk: Desk,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Desk(Arc<Inner>);

struct Inner {
    /// `http://host:port` of the registry behind.
    behind: String,
    http: reqwest::Client,
    faults: Faults,
    ledger: Ledger,
}

impl Proxy {
    /// Stands before the registry at `host` (`127.0.0.1:5000`), which speaks plain HTTP.
    pub async fn before(host: &str) -> Result<Self, StartError> {
        let failed = |source| StartError::Listen { port: 0, source };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        let http = http.map_err(|error| failed(std::io::Error::other(error)))?;
        let (faults, ledger) = (Faults::default(), Ledger::default());
        let desk = Desk(Arc::new(Inner { behind: format!("http://{host}"), http, faults, ledger }));
        let app = Router::new().fallback(receive).with_state(desk.clone());
        let app = app.into_make_service_with_connect_info::<Cut>();
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(Door(listener), app).await {
                tracing::error!(%error, "a proxy's listener ended");
            }
        });
        Ok(Self { address, desk, task })
    }

    /// `127.0.0.1:port`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The trouble to come; a fault's facade, if it names one, is the destination.
    pub fn faults(&self) -> &Faults {
        &self.desk.0.faults
    }

    /// Every request so far.
    pub fn ledger(&self) -> &Ledger {
        &self.desk.0.ledger
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(
    State(desk): State<Desk>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Result<Response, Infallible> {
    let (at, facade) = (now(), Facade::Destination);
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), ToString::to_string);
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return Ok(faults::answer(400, None, Some("the request's body broke off".into())));
    };
    let (method, bytes_in) = (parts.method.to_string(), body.len() as u64);
    let trouble = desk.0.faults.take(facade, &method, &path);
    let answer = match trouble.as_ref().map(|trouble| (trouble, faults::instead(trouble, &path))) {
        Some((_, Some(answer))) => answer,
        Some((Trouble::Reset, None)) => {
            cut.0.store(true, Ordering::SeqCst);
            faults::answer(500, None, None)
        }
        Some((Trouble::Unauthorized, None)) => faults::answer(401, None, None),
        // Without its query the request is for a plain upload, which is what a registry makes of a mount it cannot do.
        Some((Trouble::NotMounted, None)) => {
            let plain = path.split('?').next().unwrap_or_default();
            desk.forward(parts.method, plain, parts.headers, body).await
        }
        _ => desk.forward(parts.method, &path, parts.headers, body).await,
    };
    let answer = match &trouble {
        Some(trouble) => faults::spoil(answer, trouble).await,
        None => answer,
    };
    let status = if matches!(trouble, Some(Trouble::Reset)) { 0 } else { answer.status().as_u16() };
    let length = answer.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let bytes_out = if method == "HEAD" { 0 } else { length.unwrap_or(0) };
    desk.0.ledger.note(Entry { facade, method, path, status, bytes_in, bytes_out, user: None, at });
    Ok(answer)
}

impl Desk {
    /// Asks the registry behind. `Host` stays the proxy's, so that the registry's addresses lead back here.
    async fn forward(&self, method: Method, path: &str, headers: HeaderMap, body: Bytes) -> Response {
        let asked = self.0.http.request(method, format!("{}{path}", self.0.behind)).headers(headers).body(body);
        let Ok(found) = asked.send().await else { return faults::answer(502, None, None) };
        let (status, mut headers) = (found.status(), found.headers().clone());
        headers.remove(CONNECTION);
        headers.remove(TRANSFER_ENCODING);
        let Ok(bytes) = found.bytes().await else { return faults::answer(502, None, None) };
        let mut answer = Response::new(Body::from(bytes));
        (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
        answer
    }
}
