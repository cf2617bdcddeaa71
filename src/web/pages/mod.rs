//! Pages, one file or folder a route; each asks `api` and shows what it answers.

mod catalog;
mod catalog_tag;
mod connection;
pub mod deliveries;
pub mod destinations;
mod home;
pub mod keys;
mod mirror;
mod mirrors;
mod not_found;
mod overview;
mod pause;
mod read_error;
mod repository;
pub mod rules;
pub mod runs;
mod sign_in;
mod tag;
mod whereabouts;

pub use catalog::CatalogPage;
pub use catalog_tag::CatalogTagPage;
pub use connection::ConnectionPage;
pub use home::{HomePage, ToOverview};
pub use mirror::MirrorPage;
pub use mirrors::MirrorsPage;
pub use not_found::NotFoundPage;
pub use overview::OverviewPage;
pub use read_error::{ReadError, ToSignIn};
pub use repository::RepositoryPage;
pub use sign_in::SignInPage;
pub use tag::TagPage;
pub use whereabouts::WherePage;
