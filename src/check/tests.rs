//! The tables against those of the fact pages.
