//! A proxy before PostgreSQL that counts what the service sends and breaks where it is told to.
//!
//! It reads the frontend's half of the protocol (version 3.0, without TLS) message by message, so a
//! connection can be cut before any one of them, or after its work was done and before its answer.

use std::{
    net::{Ipv4Addr, TcpListener as StdListener},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// The messages that run a statement: `Query` and `Execute`.
pub const STATEMENTS: &[u8] = b"QE";

/// The messages that work on a statement: `Query`, `Parse`, `Bind`, `Describe`, `Execute`, `Sync`.
pub const MESSAGES: &[u8] = b"QPBDES";

/// What goes wrong. Messages are counted from 1 since the fault was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// No connection is taken, and those there are were cut.
    Down,
    /// The connection is cut before this message reaches the server.
    Before(u32),
    /// The message reaches the server, and the connection is cut when it answers.
    Answer(u32),
    /// A `COMMIT` reaches the server, and the connection is cut when it answers.
    CommitAnswer,
    /// From this message on nothing passes, and nobody is told.
    Silent(u32),
}

/// What becomes of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Passes,
    IsCut,
    PassesUnanswered,
    IsSwallowed,
}

#[derive(Debug)]
struct State {
    fault: Fault,
    counting: &'static [u8],
    /// Messages since the fault was set.
    seen: u32,
    struck: bool,
    /// Connections so far, and up to which they are left alone.
    connections: u32,
    spared: u32,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Told when a fault is set: connections that hang under an older one end.
    changed: watch::Sender<()>,
    upstream: u16,
}

/// A proxy on a port of 127.0.0.1. Gone when dropped, with its connections.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    url: SecretString,
    accepting: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Proxy {
    /// A proxy before the server of this address, `postgres://…@127.0.0.1:port/…`.
    ///
    /// # Panics
    /// When the address is another, or there is no port left.
    #[must_use]
    pub fn before(url: &SecretString) -> Self {
        let url = url.expose_secret();
        let (head, tail) = url.rsplit_once("127.0.0.1:").expect("an address here");
        let (upstream, database) = tail.split_once('/').expect("a database");
        let upstream = upstream.parse().expect("a port");
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        listener.set_nonblocking(true).expect("a listener");
        let port = listener.local_addr().expect("an address").port();
        let listener = TcpListener::from_std(listener).expect("a listener");
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                fault: Fault::None,
                counting: STATEMENTS,
                seen: 0,
                struck: false,
                connections: 0,
                spared: 0,
            }),
            changed: watch::Sender::new(()),
            upstream,
        });
        Self {
            url: format!("{head}127.0.0.1:{port}/{database}").into(),
            accepting: tokio::spawn(accept(listener, Arc::clone(&shared))),
            shared,
        }
    }

    /// The address through the proxy.
    #[must_use]
    pub fn url(&self) -> SecretString {
        self.url.clone()
    }

    /// Leaves the connections there are alone, whatever the fault.
    pub fn spare_present(&self) {
        let mut state = self.shared.state();
        state.spared = state.connections;
    }

    /// Which messages are counted; [`STATEMENTS`] unless told.
    pub fn count(&self, messages: &'static [u8]) {
        self.shared.state().counting = messages;
    }

    /// Lets something go wrong from now on. [`Fault::None`] mends it; what hung before is cut.
    pub fn set(&self, fault: Fault) {
        let mut state = self.shared.state();
        (state.fault, state.seen, state.struck) = (fault, 0, false);
        drop(state);
        self.shared.changed.send_replace(());
    }

    /// Whether the fault has struck since it was set.
    #[must_use]
    pub fn struck(&self) -> bool {
        self.shared.state().struck
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fate(&self, connection: u32, kind: u8, body: &[u8]) -> Fate {
        let mut state = self.state();
        if connection <= state.spared || !state.counting.contains(&kind) {
            return Fate::Passes;
        }
        state.seen += 1;
        let seen = state.seen;
        let fate = match state.fault {
            Fault::Before(at) if at == seen => Fate::IsCut,
            Fault::Answer(at) if at == seen => Fate::PassesUnanswered,
            Fault::CommitAnswer if kind == b'Q' && body.starts_with(b"COMMIT") => {
                Fate::PassesUnanswered
            }
            Fault::Silent(from) if from <= seen => Fate::IsSwallowed,
            Fault::None
            | Fault::Down
            | Fault::Before(_)
            | Fault::Answer(_)
            | Fault::CommitAnswer
            | Fault::Silent(_) => Fate::Passes,
        };
        state.struck |= fate != Fate::Passes;
        fate
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        let mut state = shared.state();
        if state.fault == Fault::Down {
            state.struck = true;
            continue;
        }
        state.connections += 1;
        let connection = state.connections;
        drop(state);
        connections.spawn(serve(client, Arc::clone(&shared), connection));
    }
}

/// One connection: both halves until one of them ends.
async fn serve(client: TcpStream, shared: Arc<Shared>, connection: u32) {
    let upstream = (Ipv4Addr::LOCALHOST, shared.upstream);
    let Ok(server) = TcpStream::connect(upstream).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let unanswered = AtomicBool::new(false);
    let mut changed = shared.changed.subscribe();
    let went_down = async {
        while changed.changed().await.is_ok() {
            if shared.state().fault == Fault::Down {
                return;
            }
        }
    };
    tokio::select! {
        _ = forward(from_client, to_server, &shared, connection, &unanswered) => {}
        _ = answer(from_server, to_client, &unanswered) => {}
        () = went_down => {}
    }
}

/// What the service sends, message by message.
async fn forward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    shared: &Shared,
    connection: u32,
    unanswered: &AtomicBool,
) -> std::io::Result<()> {
    // The first has no kind: its length, then the version and the settings.
    let length = from.read_u32().await?;
    let mut first = vec![0; usize::try_from(length).unwrap_or(4).saturating_sub(4)];
    from.read_exact(&mut first).await?;
    to.write_all(&[length.to_be_bytes().as_slice(), &first].concat())
        .await?;
    loop {
        let kind = from.read_u8().await?;
        let length = from.read_u32().await?;
        let mut body = vec![0; usize::try_from(length).unwrap_or(4).saturating_sub(4)];
        from.read_exact(&mut body).await?;
        match shared.fate(connection, kind, &body) {
            Fate::Passes => {}
            Fate::IsCut => return Ok(()),
            Fate::PassesUnanswered => unanswered.store(true, Ordering::SeqCst),
            Fate::IsSwallowed => {
                unanswered.store(true, Ordering::SeqCst);
                let mut changed = shared.changed.subscribe();
                let _ = changed.changed().await;
                return Ok(());
            }
        }
        let head = [&[kind], length.to_be_bytes().as_slice()].concat();
        to.write_all(&[head, body].concat()).await?;
    }
}

/// What the server answers, as it comes, until it must not be heard.
async fn answer(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    unanswered: &AtomicBool,
) -> std::io::Result<()> {
    let mut chunk = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut chunk).await?;
        if length == 0 || unanswered.load(Ordering::SeqCst) {
            return Ok(());
        }
        to.write_all(chunk.get(..length).unwrap_or_default())
            .await?;
    }
}
