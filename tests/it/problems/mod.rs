//! Problems: whatever is wrong with a request, the answer is a problem of the catalogue that says
//! where, and never what was sent.

mod bodies;
mod hostile;
mod requests;
mod tokens;
