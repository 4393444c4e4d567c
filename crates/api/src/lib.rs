//! What Sizhu speaks: the HTTP API, its OpenAPI document, tokens, problems, and the command line.
//!
//! `routes` take requests apart and put answers together; `service` owns the transactions; rules
//! are in `sizhu-core`, SQL in `sizhu-store`.

pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod document;
pub mod etag;
pub mod extract;
mod fallback;
mod import;
pub mod jobs;
mod middleware;
pub mod openapi;
pub mod page;
pub mod policies;
pub mod problem;
mod progress;
pub mod routes;
pub mod server;
pub mod service;
pub mod setup;
pub mod state;
pub mod statement;
pub mod telemetry;
mod wording;
