//! The server: the application put together, started and stopped; for the command line and, in
//! process and on port 0, for tests.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Bytes;
use actix_web::{App, Error, HttpServer, web};
use anyhow::Context as _;
use sizhu_core::Day;
use tokio::task::JoinHandle;
use tracing_actix_web::TracingLogger;
use utoipa_actix_web::AppExt as _;
use utoipa_swagger_ui::{Config as SwaggerConfig, SwaggerUi};

use crate::clock::Clock;
use crate::config::Config;
use crate::fallback::{Paths, fallback};
use crate::jobs::{AtWork, PAGE, Runner};
use crate::middleware::{RootSpan, head_as_get, measure, problems, request_id, safe_headers};
use crate::openapi::DocumentText;
use crate::policies::Policies;
use crate::service::adoption::{adopt, refresh, tick};
use crate::service::forgetting;
use crate::state::{Shared, State};
use crate::{document, routes, telemetry};

/// How long requests in flight may take to finish when the server stops.
const SHUTDOWN_SECONDS: u64 = 30;

/// How often measurements are brought into their final form.
const UPKEEP: Duration = Duration::from_secs(5);

/// How often policies are looked after.
const POLICY_TICK: Duration = Duration::from_secs(5);

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct AppOptions {
    /// The configuration; `listen` may have port 0.
    pub config: Config,
    /// The clock.
    pub clock: Clock,
}

/// A running server. Dropping it does not stop it; call [`Running::stop`].
pub struct Running {
    /// Where it listens, with the real port.
    pub address: SocketAddr,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
    upkeep: JoinHandle<()>,
    jobs: Option<AtWork>,
    keeper: JoinHandle<()>,
}

impl Running {
    /// Stops taking requests, lets those in flight finish (30 s at most) and waits for the end.
    ///
    /// # Errors
    /// The server ended with an error.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.handle.stop(true).await;
        self.ended().await
    }

    /// Waits for SIGTERM or SIGINT (Ctrl-C), then stops as [`Running::stop`] does.
    ///
    /// # Errors
    /// The server ended with an error, by itself or when stopping.
    pub async fn until_signal(mut self) -> anyhow::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            ended = &mut self.server => {
                self.upkeep.abort();
                ended??;
                anyhow::bail!("the server ended by itself");
            }
        }
        tracing::info!("stopping: requests in flight may finish");
        self.stop().await
    }

    async fn ended(self) -> anyhow::Result<()> {
        self.upkeep.abort();
        self.keeper.abort();
        self.server.await??;
        if let Some(jobs) = self.jobs {
            jobs.stop().await;
        }
        Ok(())
    }
}

/// Starts a server and returns once it listens.
///
/// # Errors
/// The address is taken, the packs or the database are unusable, or there is no random source.
pub async fn start(options: AppOptions) -> anyhow::Result<Running> {
    let policies = Policies::load(&options.config.policies)?;
    let shared = Shared::new(options.config, options.clock, policies)
        .map_err(|error| anyhow::anyhow!("cannot prepare secrets: {error}"))?;
    // Once here, so that an unusable configuration fails the start and not each worker.
    let state = shared.worker().context("cannot use the database address")?;
    let state = state.patient();
    adopt(&state.store, &state.policies, state.news("start"))
        .await
        .context("cannot use the database")?;
    let keeper = tokio::spawn(keep_policies(state));
    listen(shared, keeper)
}

/// Brings policies in force on their day and queues what is due daily, if this process does such work,
/// and takes up what others brought in force.
async fn keep_policies(state: State) {
    let mut looked_on = None;
    loop {
        tokio::time::sleep(POLICY_TICK).await;
        if !state.config.jobs {
            if let Err(problem) = refresh(&state.store, &state.policies, state.news("tick")).await {
                tracing::warn!(%problem, "policies could not be looked after");
            }
            continue;
        }
        match tick(&state.store, &state.policies, state.news("tick")).await {
            Ok(0) => {}
            Ok(activated) => {
                tracing::info!(activated, "policies came in force");
                state.jobs.notify_one();
            }
            Err(problem) => tracing::warn!(%problem, "policies could not be looked after"),
        }
        forget_daily(&state, &mut looked_on).await;
    }
}

/// At start and once a day: queues the deletion of what has been kept long enough, if there is any.
async fn forget_daily(state: &State, looked_on: &mut Option<Day>) {
    let today = state.clock.today();
    if *looked_on == Some(today) {
        return;
    }
    let days = state.config.unregistered_days;
    match forgetting::queue(&state.store, days, state.news("tick")).await {
        Ok(queued) => {
            *looked_on = Some(today);
            if queued {
                state.jobs.notify_one();
            }
        }
        Err(problem) => tracing::warn!(%problem, "claims to be forgotten could not be looked for"),
    }
}

/// Binds the address and lets the workers begin.
fn listen(shared: Shared, keeper: JoinHandle<()>) -> anyhow::Result<Running> {
    let measurements = telemetry::measurements();
    let (listen, workers) = (shared.config.listen, shared.config.workers);
    let document = document::document();
    let text = DocumentText(Bytes::from(document.to_json()?));
    let fixed = Fixed {
        text: web::Data::new(text),
        paths: web::Data::new(Paths::of(&document)),
    };
    let jobs = match shared.config.jobs {
        true => Some(AtWork::start(Runner::new(shared.worker()?.patient(), PAGE))),
        false => None,
    };
    let factory = move || {
        let state = shared.worker().map_err(|error| {
            tracing::error!(cause = %error, "a worker has no store: it answers 500");
        });
        app(state.ok(), fixed.clone())
    };
    let server = HttpServer::new(factory)
        .workers(workers)
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .bind(listen)
        .with_context(|| format!("cannot listen on {listen}"))?;
    let address = server
        .addrs()
        .first()
        .copied()
        .context("no address to listen on")?;
    let server = server.run();
    let handle = server.handle();
    let upkeep = tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            measurements.run_upkeep();
        }
    });
    tracing::info!(%address, "listening");
    Ok(Running {
        address,
        handle,
        server: tokio::spawn(server),
        upkeep,
        jobs,
        keeper,
    })
}

/// What all workers serve alike.
#[derive(Clone)]
pub(crate) struct Fixed {
    pub(crate) text: web::Data<DocumentText>,
    pub(crate) paths: web::Data<Paths>,
}

/// The application of one worker. Middleware that is wrapped last sees a request first.
pub(crate) fn app(
    state: Option<State>,
    fixed: Fixed,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let (app, _) = App::new()
        .into_utoipa_app()
        .configure(routes::configure)
        .split_for_parts();
    let app = app
        .app_data(fixed.text)
        .app_data(fixed.paths)
        .service(web::redirect("/", "/swagger-ui/"))
        .service(web::redirect("/swagger-ui", "/swagger-ui/"))
        .service(swagger_ui())
        .default_service(web::to(fallback));
    let app = match state {
        Some(state) => app.app_data(web::Data::new(state)),
        None => app,
    };
    app.wrap(from_fn(head_as_get))
        .wrap(Compress::default())
        .wrap(from_fn(problems))
        .wrap(from_fn(safe_headers))
        .wrap(from_fn(measure))
        .wrap(TracingLogger::<RootSpan>::new())
        .wrap(from_fn(request_id))
}

/// Swagger UI, from files compiled in: no other server is asked for anything.
fn swagger_ui() -> SwaggerUi {
    let config = SwaggerConfig::from("/openapi.json")
        .persist_authorization(true)
        .try_it_out_enabled(true)
        .display_request_duration(true)
        .display_operation_id(true)
        .doc_expansion("list")
        .filter(true)
        .validator_url("none");
    SwaggerUi::new("/swagger-ui/{_:.*}").config(config)
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
