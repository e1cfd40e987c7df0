//! The central server: takes changes from nodes, hands them to the others, and shows administrators how it goes.

mod clock;
mod hub;
mod storage;

pub use clock::Clock;
