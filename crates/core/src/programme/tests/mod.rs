//! The engine against a second, independent interpreter, on random people and random packs.

mod boundaries;
mod compare;
mod dice;
mod forms;
mod interpreter;
mod people;
mod random_packs;
mod reckoning;
