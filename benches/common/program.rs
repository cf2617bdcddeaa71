//! The program that is measured.

/// Its path: what cargo has built, or `FERRY`.
pub fn ferry() -> String {
    std::env::var("FERRY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_ferry").to_owned())
}
