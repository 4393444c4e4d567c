//! The service under measurement, in a process of its own: a copy of this program.

use std::{
    env,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use actix_web::rt::System;
use sizhu_api::{
    auth::Keys,
    clock::Clock,
    config::Config,
    server::{AppOptions, start},
    telemetry::{LogFormat, init_logs},
};
use sizhu_tests::{bulk, tree};

use crate::world;

/// What tells the second process what it is; the database follows.
pub(crate) const SERVE: &str = "serve";

/// A running service. Ended when dropped.
pub(crate) struct Service {
    process: Child,
    /// Where it is, as `http://127.0.0.1:40123`.
    pub(crate) base: String,
}

impl Service {
    /// Starts it as in production, and waits until it listens. Its log goes nowhere.
    pub(crate) fn start(database_url: &str) -> Self {
        let mut process = Command::new(env::current_exe().expect("this program"))
            .args([SERVE, database_url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a second process");
        let output = process.stdout.take().expect("its output");
        let mut base = String::new();
        let read = BufReader::new(output).read_line(&mut base);
        assert!(read.expect("its address") > 0, "the service did not start");
        Self {
            process,
            base: base.trim().to_owned(),
        }
    }

    /// The id of its process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Is the service, until the process that started it ends.
pub(crate) fn serve(database_url: &str) {
    init_logs(LogFormat::Json, "info");
    let token = Keys::generate_base64().expect("a key");
    let keys = Keys::from_base64([("bench", token.as_str())]).expect("keys");
    let database_url = database_url.to_owned().into();
    let mut config = Config::new(database_url, Arc::new(bulk::vault()), Arc::new(keys));
    config.listen.set_port(0);
    config.policies = tree::root().join("policies");
    let clock = Clock::fixed(world::NOW.parse().expect("an instant"));
    System::new().block_on(async {
        let running = start(AppOptions { config, clock }).await;
        let running = running.unwrap_or_else(|error| panic!("the service: {error:#}"));
        println!("http://{}", running.address);
        let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
        let _ = ended.await;
    });
}
