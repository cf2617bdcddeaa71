//! The doors: one listener a facade, and what happens to every request at it: ledger, faults, and the way in.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, OriginalUri, Request, State};
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::Router;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::Service as _;

use super::faults::{self, Trouble};
use super::ledger::Entry;
use super::world::people::Identity;
use super::world::{World, now};
use super::{Addresses, Facade, StartError, control, graphql, hub, registry};

/// The five listeners.
pub struct Doors {
    hub: TcpListener,
    docker: TcpListener,
    scout: TcpListener,
    destination: TcpListener,
    control: TcpListener,
    addresses: Addresses,
}

impl Doors {
    /// Opens five ports from `first` on, or free ones for 0.
    pub async fn open(first: u16) -> Result<Self, StartError> {
        let (hub, hub_at) = open(first, 0).await?;
        let (docker, docker_at) = open(first, 1).await?;
        let (scout, scout_at) = open(first, 2).await?;
        let (destination, destination_at) = open(first, 3).await?;
        let (control, control_at) = open(first, 4).await?;
        let addresses = Addresses {
            hub: format!("http://{hub_at}"),
            graphql: format!("http://{hub_at}/v1/graphql"),
            docker: docker_at.to_string(),
            scout: scout_at.to_string(),
            destination: destination_at.to_string(),
            control: format!("http://{control_at}"),
        };
        Ok(Self { hub, docker, scout, destination, control, addresses })
    }

    /// Where they are.
    pub fn addresses(&self) -> Addresses {
        self.addresses.clone()
    }

    /// Serves all facades until told to stop.
    pub fn serve(self, world: &World, stopped: &watch::Receiver<bool>) {
        let registry = |facade| registry::router(world.clone(), facade);
        let hub = hub::router(world.clone()).merge(graphql::router(world.clone())).merge(registry::cdn(world.clone()));
        serve(self.hub, world, Facade::Hub, hub, stopped);
        serve(self.docker, world, Facade::Docker, registry(Facade::Docker), stopped);
        serve(self.scout, world, Facade::Scout, registry(Facade::Scout), stopped);
        serve(self.destination, world, Facade::Destination, registry(Facade::Destination), stopped);
        serve(self.control, world, Facade::Control, control::router(world.clone()), stopped);
    }
}

async fn open(first: u16, offset: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let port = if first == 0 { 0 } else { first.saturating_add(offset) };
    let failed = |source| StartError::Listen { port, source };
    let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

fn serve(tcp: TcpListener, world: &World, facade: Facade, routes: Router, stopped: &watch::Receiver<bool>) {
    let desk = Desk { world: world.clone(), facade, routes };
    let app = Router::new().fallback(receive).with_state(desk).into_make_service_with_connect_info::<Cut>();
    let mut stopped = stopped.clone();
    let end = async move {
        // An error means the sandbox is gone, which is the same.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    tokio::spawn(async move {
        if let Err(error) = axum::serve(Door(tcp), app).with_graceful_shutdown(end).await {
            tracing::error!(%error, "a sandbox listener ended");
        }
    });
}

/// Who was proved by a request; a facade leaves it on its answer for the ledger.
#[derive(Clone)]
pub struct Proved(pub Identity);

#[derive(Clone)]
struct Desk {
    world: World,
    facade: Facade,
    routes: Router,
}

async fn receive(State(desk): State<Desk>, ConnectInfo(cut): ConnectInfo<Cut>, request: Request) -> Response {
    let at = now();
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), ToString::to_string);
    let method = parts.method.to_string();
    let facade = match desk.facade {
        Facade::Hub if path.starts_with("/v1/graphql") => Facade::GraphQl,
        Facade::Hub if path.starts_with("/cdn/") => Facade::Docker,
        facade => facade,
    };
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return faults::answer(400, None, Some("the request's body broke off".into()));
    };
    let bytes_in = body.len() as u64;
    let trouble = if facade == Facade::Control { None } else { desk.world.faults().take(facade, &method, &path) };
    if matches!(trouble, Some(Trouble::Unauthorized)) {
        parts.headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer ended"));
    }
    if desk.facade == Facade::Hub {
        parts.uri = without_trailing_slash(&parts.uri);
        parts.extensions.insert(OriginalUri(parts.uri.clone()));
    }
    if matches!(trouble, Some(Trouble::NotMounted)) {
        parts.uri = parts.uri.path().parse().unwrap_or(parts.uri);
    }
    let answer = match trouble.as_ref().map(|trouble| (trouble, faults::instead(trouble, &path))) {
        Some((_, Some(answer))) => answer,
        Some((Trouble::Reset, None)) => {
            cut.0.store(true, Ordering::SeqCst);
            faults::answer(500, None, None)
        }
        _ => match desk.routes.clone().call(Request::from_parts(parts, Body::from(body))).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        },
    };
    let user = answer.extensions().get::<Proved>().and_then(|proved| proved.0.name().map(str::to_owned));
    let answer = match &trouble {
        Some(trouble) => faults::spoil(answer, trouble).await,
        None => answer,
    };
    let status = if matches!(trouble, Some(Trouble::Reset)) { 0 } else { answer.status().as_u16() };
    let bytes_out = announced(&answer, &method);
    if facade != Facade::Control {
        desk.world.ledger().note(Entry { facade, method, path, status, bytes_in, bytes_out, user, at });
    }
    answer.into_response()
}

fn announced(answer: &Response, method: &str) -> u64 {
    if method == "HEAD" {
        return 0;
    }
    let length = answer.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    length.unwrap_or_else(|| answer.body().size_hint().exact().unwrap_or(0))
}

fn without_trailing_slash(uri: &Uri) -> Uri {
    let path = uri.path().trim_end_matches('/');
    let whole = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    whole.parse().unwrap_or_else(|_| uri.clone())
}

/// A listener whose connections can be cut from inside a request.
pub(super) struct Door(pub(super) TcpListener);

/// The handle that cuts a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Cut(pub(super) Arc<AtomicBool>);

/// One connection.
pub(super) struct Line {
    stream: TcpStream,
    cut: Cut,
}

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a sandbox connection keeps its delay");
        }
        (Line { stream, cut: Cut::default() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl axum::extract::connect_info::Connected<IncomingStream<'_, Door>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().cut.clone()
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.cut.0.load(Ordering::SeqCst) {
            // Closed at once and without a farewell, the peer sees a reset.
            self.stream.set_zero_linger()?;
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
