//! Tests of loans: rules by the book, slow models, vectors of other libraries.

mod book;
mod chance;
mod compare;
mod days;
mod edges;
mod faults;
mod fuqing;
mod laws;
mod model;
mod payment;
mod plan;
mod prime;
mod vectors;
mod world;

pub(crate) use days::slow_part;
