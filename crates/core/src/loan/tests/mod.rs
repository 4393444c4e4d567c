//! Tests of loans: rules by the book, slow models, vectors of other libraries.

mod days;
mod fuqing;
mod payment;
mod vectors;
mod world;

pub(crate) use days::slow_part;
