//! The words of Ferry as types; compiled for the browser and the server.

mod audit;
mod catalog;
mod catalog_tag;
mod connection;
mod coverage;
mod destination;
mod error;
mod evidence;
mod exposed;
mod extent;
mod facets;
mod failure;
mod filter;
mod health;
mod history;
mod hook;
mod ids;
mod image;
mod intent;
mod key;
mod mirror;
mod mirroring;
mod overview;
mod packages;
mod page;
mod part;
mod people;
mod predicate;
mod preview;
mod probe;
mod proof;
mod rates;
mod repository;
mod request;
mod rule;
mod run;
mod schedule;
mod selection;
mod several;
mod sought;
mod text;
mod timeline;
mod vulnerabilities;
mod whereabouts;

pub use audit::{About, AuditEntry, AuditFilter, AuditQuery, DEEDS, deed};
pub use catalog::{CatalogEntry, CatalogName, Choice, HubRefusal, RepositoryKind};
pub use catalog_tag::{
    CatalogTag, Compared, Comparison, Cut, Difference, ImageAsked, ImageConfiguration, PackageChange, ReadFrom,
    RunSettings, SourceLink, TagPlatform, VulnerabilityChange,
};
pub use connection::{Connection, ConnectionForm};
pub use coverage::{AttestationSeen, Coverage, DiscoveredBy, Gone, PlatformCoverage, SignatureState};
pub use destination::{BAD_AUTHORITY, Destination, DestinationDraft, DestinationForm, Title};
pub use error::{ApiError, FieldErrors};
pub use evidence::{AtRegistry, Evidence, ListedAttestation, StatementText};
pub use exposed::{DOCKER_HUB, Exposed, ExposedDestination, FERRY, PublicMirror};
pub use extent::{Extent, Kind, Kinds};
pub use facets::{CatalogFilter, CatalogList, CatalogSort, Facet, FacetValue, FacetValues};
pub use failure::{Failure, FailureClass, Mend, Pause};
pub use filter::TypedFilter;
pub use health::{HealthPolicy, HealthScore, PolicyStatus};
pub use history::{FilterNames, FoundRun, FoundTag, RunFilter, RunQuery};
pub use hook::{Changes, Delivery, DeliveryFilter, DeliveryOutcome, DeliveryRun, Hook, HookAddress, HookDetail, LedTo};
pub use ids::{
    AuditId, DeliveryId, DestinationId, HintId, HookId, ItemId, KeyId, PreviewId, RequestId, RuleId, RunId, SelectionId,
};
pub use image::{Digest, Host, ImageRef, Platform, Reference, RepoName, RepoRef, Tag};
pub use intent::Intent;
pub use key::{KeyDraft, KeyForm, KeyOrigin, SigningKey};
pub use mirror::{LogState, Mirror, MirrorDetail, MirrorList, MirrorLogEntry, MirrorName, MirrorState, MirrorTag};
pub use mirroring::{Allowance, Entitlement, HookHealth, Progress, Stopped, TagProgress, Trial};
pub use overview::{Begun, FailureGroup, MovedDay, MovedTo, Overview, SilentMirror, StaleRule, WaitingGroup};
pub use packages::{Analysis, PackageList, PackageQuery, PackageRow, ROWS_ON_A_PAGE, page_bounds};
pub use page::Page;
pub use part::RunPart;
pub use people::{Membership, OrgName, Role, Theme, Viewer};
pub use predicate::predicate_words;
pub use preview::{PlannedTag, Preview, PreviewMirror, PreviewTag, Verdict};
pub use probe::{Check, CheckState, ProbeReport};
pub use proof::{CheckLevel, ProofCheck, ProofPolicy};
pub use rates::Rates;
pub use repository::{
    AtDestination, AtHub, CatalogRepository, MirrorPlaces, RepositoryText, Shared, TextHeading, Variant, VariantImage,
    VulnerabilityCounts,
};
pub use request::{Asker, Decision, DecisionForm, MirrorRequest, RequestFilter, RequestForm, RequestState};
pub use rule::{NameTemplate, Rule, RuleDraft, RuleForm, TagFilter, TagPattern};
pub use run::{Item, ItemCounts, ItemState, Plan, RunDetail, RunState, RunSummary, Swept, Trigger};
pub use schedule::{Schedule, ScheduleForm, TimeOfDay, Window};
pub use selection::{
    Look, Selection, SelectionChoices, SelectionDraft, SelectionFilter, SelectionForm, SelectionPreview,
};
pub use several::{MirrorOutcome, MirrorProposal, MirrorProposals, MirrorWish, RequestsForm};
pub use sought::{DigestStart, Sought};
pub use text::Refused;
pub use timeline::{DigestTimeline, FreshDay, Freshness, Step, StepKind, TagTimeline};
pub use vulnerabilities::{Affected, Finding, Likelihood, Severity, VexNote, VulnerabilityList, VulnerabilityQuery};
pub use whereabouts::{Held, Holding, MovedOn, Place, Whereabouts};
