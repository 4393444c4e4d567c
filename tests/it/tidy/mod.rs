//! Laws of the work tree: what holds of every file in it, whatever it does.

mod code;
mod dependencies;
mod documents;
mod settings;
