//! Docker Hardened Images over GraphQL: the catalog, the mirrors and what the plan allows (section 6).
//! Texts that Docker left out are empty; numbers are zero.

mod catalog;
mod log;
mod mirrors;
mod plan;

pub use catalog::{
    Catalog, CatalogDetails, CatalogImage, CatalogManifest, CatalogRepository, CatalogTag, Category, ScoutHealthScore,
    ScoutPolicy, ScoutPolicyStatus, TagDetails, Vulnerabilities,
};
pub use log::{LogPage, LogQuery, LogReason, LogStatus, MirroringLog};
pub use mirrors::{Mirror, MirrorEnd, Mirrors, SetMirror};
pub use plan::{DhiEntitlement, Entitlements, Plan};
