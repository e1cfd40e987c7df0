//! Bad links for tests: a UDP proxy that loses, delays, repeats and reorders packets.
