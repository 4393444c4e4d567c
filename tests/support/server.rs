//! The service in this process, on threads of its own.

use std::{
    net::SocketAddr,
    thread::{self, JoinHandle},
};

use actix_web::rt::System;
use sizhu_api::server::{AppOptions, start};
use tokio::sync::oneshot;

/// A running service. Stopped when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts it, and waits until it listens.
    pub(crate) async fn start(options: AppOptions) -> Self {
        let (tell, told) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("service".to_owned())
            .spawn(move || {
                System::new().block_on(async {
                    let running = match start(options).await {
                        Ok(running) => running,
                        Err(error) => {
                            let _ = tell.send(Err(format!("{error:#}")));
                            return;
                        }
                    };
                    let _ = tell.send(Ok(running.address));
                    // A test that panics drops its end: the same as being told.
                    let _ = stopped.await;
                    let _ = running.stop().await;
                });
            });
        let address = told.await.expect("the service's thread says how it went");
        Self {
            address: address.unwrap_or_else(|error| panic!("the service: {error}")),
            stop: Some(stop),
            thread: Some(thread.expect("a thread")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
