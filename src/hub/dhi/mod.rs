//! Docker Hardened Images over GraphQL: the catalog, the mirrors and what the plan allows (section 6).
//! Texts that Docker left out are empty; numbers are zero.

mod attestations;
mod catalog;
mod details;
mod log;
mod mirrors;
mod packages;
mod plan;

pub use attestations::{ImageOrigin, ListedAttestation, OciConfig, RunConfig, SourceCommit};
pub use catalog::{
    Catalog, CatalogDetails, CatalogImage, CatalogManifest, CatalogRepository, CatalogTag, Category, ScoutHealthScore,
    ScoutPolicy, ScoutPolicyStatus, TagDetails, Vulnerabilities,
};
pub use details::Coordinates;
pub use log::{LogPage, LogQuery, LogReason, LogStatus, MirroringLog};
pub use mirrors::{Mirror, MirrorEnd, Mirrors, SetMirror};
pub use packages::{Cvss, Epss, Exception, ImagePackages, Package, SbomState, Severity, Vulnerability};
pub use plan::{DhiEntitlement, Entitlements, Plan};
