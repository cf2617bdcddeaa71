//! Every GraphQL operation Ferry sends (section 6), in one place, because the schema moves on (trap 13).
//! Variables are scalars only: the names of Docker's input types are nowhere documented.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::dhi::{Coordinates, LogQuery};
use crate::model::RepoName;

/// An operation with its variables and the field of `data` that answers it.
pub(super) struct Operation {
    pub(super) field: &'static str,
    pub(super) text: String,
    pub(super) variables: Value,
    pub(super) mutation: bool,
}

const SUMMARY: &str = "name namespace displayName shortDescription featured fipsCompliant stigCertified homeUrl \
                       categories { id name } distributions platforms";
const TAG: &str = "name lastUpdated";
const MANIFEST: &str = "manifestDigest platform distribution compressedSize packageManager shell user \
                        workingDirectory fipsCompliant stigCertified lastPushed \
                        vulnerabilities { critical high medium low unspecified total } \
                        scoutHealthScore { score policies { name label status description violationCount } }";
const EXCEPTION: &str = "type sourceType status justification additionalDetails author";
const MIRROR: &str = "id destinationRepository { name namespace hostname } \
                      dhiSourceRepository { name namespace hostname displayName }";
/// Only `organization` is sent: `namespace` is deprecated (6.1).
const CONTEXT: &str = "context: { organization: $organization }";

/// Log entries asked for at once: Docker's own default (6.3).
pub(super) const LOG_PAGE: usize = 100;

fn query(field: &'static str, parameters: &str, arguments: &str, selection: &str, variables: Value) -> Operation {
    operation("query", field, parameters, arguments, selection, variables)
}

fn mutation(field: &'static str, parameters: &str, arguments: &str, selection: &str, variables: Value) -> Operation {
    operation("mutation", field, parameters, arguments, selection, variables)
}

fn operation(
    kind: &str,
    field: &'static str,
    parameters: &str,
    arguments: &str,
    selection: &str,
    variables: Value,
) -> Operation {
    let text =
        format!("{kind} ($organization: String!{parameters}) {{ {field}({CONTEXT}{arguments}) {{ {selection} }} }}");
    Operation { field, text, variables, mutation: kind == "mutation" }
}

/// The user behind the token and its organizations (3.1); the only one without a context.
pub(super) fn user() -> Operation {
    let text = "query { user { id username orgs { name role avatarUrl } } }".to_owned();
    Operation { field: "user", text, variables: json!({}), mutation: false }
}

/// The catalog's repositories without their long texts (6.2).
pub(super) fn catalog(organization: &str) -> Operation {
    let selection = format!("items {{ {SUMMARY} }} categories {{ id name }}");
    query("dhiRepositories", "", "", &selection, json!({ "organization": organization }))
}

/// One repository of the catalog with everything (6.2).
pub(super) fn repository_details(organization: &str, name: &str) -> Operation {
    query(
        "dhiRepositoryDetails",
        ", $name: String!",
        ", query: { repoName: $name }",
        &format!(
            "{SUMMARY} overview guides \
             images {{ indexDigest tags {{ {TAG} }} imageManifests {{ {MANIFEST} }} }}"
        ),
        json!({ "organization": organization, "name": name }),
    )
}

/// One tag of one repository of the catalog (6.2).
pub(super) fn tag_details(organization: &str, name: &str, tag: &str) -> Operation {
    query(
        "dhiTagDetails",
        ", $name: String!, $tag: String!",
        ", query: { repoName: $name, tag: $tag }",
        &format!("indexDigest repo tag {{ {TAG} }} allTags {{ {TAG} }} imageManifests {{ {MANIFEST} }}"),
        json!({ "organization": organization, "name": name, "tag": tag }),
    )
}

/// What is in the image of one platform, suppressed vulnerabilities included (6.5). `locations`, `description` and
/// `vulnerableRange` inflate the answer and are not asked for.
pub(super) fn packages(organization: &str, of: &Coordinates) -> Operation {
    let vulnerability = format!(
        "sourceId source url fixedBy cisaExploited isExcepted cvss {{ severity version score }} \
         epss {{ score percentile }} vulnerabilityExceptions {{ {EXCEPTION} }} vexStatements {{ {EXCEPTION} }}"
    );
    let selection = format!(
        "sbomState imagePackages {{ packages {{ package {{ name version type purl licenses \
         vulnerabilities {{ {vulnerability} }} }} }} }}"
    );
    of_image("dhiImagePackagesForImageCoords", organization, of, ", includeExcepted: true", &selection)
}

/// The attestations Docker lists for the image of one platform (6.6).
pub(super) fn attestations(organization: &str, of: &Coordinates) -> Operation {
    of_image("dhiAttestationsList", organization, of, "", "items { digest predicateType }")
}

/// Configuration and source of the image of one platform (6.6).
pub(super) fn image_origin(organization: &str, of: &Coordinates) -> Operation {
    let selection = "ociConfig { config { user exposedPorts env entrypoint cmd volumes workingDir labels stopSignal } } \
                     source { commitUrl commitSha dockerfileUrl }";
    of_image("dhiAttestations", organization, of, "", selection)
}

/// Asks about the image of one platform. These spell `hostName` and `repoName`; others of Docker's do not (trap 15).
fn of_image(field: &'static str, organization: &str, of: &Coordinates, more: &str, selection: &str) -> Operation {
    query(
        field,
        ", $digest: String!, $host: String!, $repository: String!",
        &format!(", query: {{ digest: $digest, hostName: $host, repoName: $repository{more} }}"),
        selection,
        json!({
            "organization": organization,
            "digest": of.digest(),
            "host": "docker.io",
            "repository": of.repository(),
        }),
    )
}

/// All mirrors of an organization (6.3).
pub(super) fn mirrors(organization: &str) -> Operation {
    let selection = format!("mirroredRepositories {{ {MIRROR} }} totalCount canMirrorMoreRepositories");
    query("dhiListMirroredRepositories", "", "", &selection, json!({ "organization": organization }))
}

/// One mirror by its id (6.3).
pub(super) fn mirror(organization: &str, id: &str) -> Operation {
    query(
        "dhiGetMirroredRepository",
        ", $id: String!",
        ", query: { mirroredRepositoryId: $id }",
        &format!("mirroredRepository {{ {MIRROR} }}"),
        json!({ "organization": organization, "id": id }),
    )
}

/// The mirrors of one repository of the catalog (6.3).
pub(super) fn mirrors_of(organization: &str, source: &RepoName) -> Operation {
    query(
        "dhiGetMirroredRepositoriesBySourceRepository",
        ", $name: String!, $namespace: String!",
        ", query: { dhiSourceRepository: { name: $name, namespace: $namespace } }",
        &format!("mirroredRepositories {{ {MIRROR} }}"),
        json!({ "organization": organization, "name": source.name(), "namespace": source.namespace() }),
    )
}

/// Starts a mirror (6.3).
pub(super) fn set_mirror(organization: &str, source: &RepoName, repository: &RepoName) -> Operation {
    mutation(
        "dhiSetMirroredRepository",
        ", $name: String!, $namespace: String!, $toName: String!, $toNamespace: String!",
        ", input: { dhiSourceRepository: { name: $name, namespace: $namespace }, \
         destinationRepository: { name: $toName, namespace: $toNamespace } }",
        &format!("mirroredRepository {{ {MIRROR} }}"),
        json!({
            "organization": organization,
            "name": source.name(),
            "namespace": source.namespace(),
            "toName": repository.name(),
            "toNamespace": repository.namespace(),
        }),
    )
}

/// Stops a mirror (6.3).
pub(super) fn remove_mirror(organization: &str, id: &str) -> Operation {
    mutation(
        "dhiRemoveMirroredRepository",
        ", $id: String!",
        ", input: { mirroredRepositoryId: $id }",
        "status message",
        json!({ "organization": organization, "id": id }),
    )
}

/// One page of the mirroring log (6.3). Filters that are not set are not sent.
pub(super) fn mirroring_log(organization: &str, asked: &LogQuery, page: u32) -> Operation {
    let mut variables = Map::new();
    variables.insert("organization".to_owned(), organization.into());
    variables.insert("page".to_owned(), page.into());
    variables.insert("pageSize".to_owned(), LOG_PAGE.into());
    let mut parameters = ", $page: Int!, $pageSize: Int!".to_owned();
    let mut filters = "paging: { page: $page, pageSize: $pageSize }".to_owned();
    if let Some(since) = asked.since {
        variables.insert("since".to_owned(), since.to_rfc3339_opts(chrono::SecondsFormat::Secs, true).into());
        parameters.push_str(", $since: String!");
        filters.push_str(", triggeredSince: $since");
    }
    for (name, statuses) in [("includedStatuses", &asked.included), ("excludedStatuses", &asked.excluded)] {
        // Enum values stand in the text, since their type's name is unknown; so only words may.
        let words = statuses.iter().map(super::LogStatus::as_str);
        let words: Vec<&str> = words.filter(|word| is_name(word)).collect();
        if !words.is_empty() {
            push(&mut filters, format_args!(", {name}: [{}]", words.join(", ")));
        }
    }
    if !asked.mirrors.is_empty() {
        filters.push_str(", destinationRepositories: [");
        for (n, end) in asked.mirrors.iter().enumerate() {
            for (name, value) in [("host", &end.hostname), ("space", &end.namespace), ("name", &end.name)] {
                variables.insert(format!("{name}{n}"), value.as_str().into());
            }
            push(&mut parameters, format_args!(", $host{n}: String!, $space{n}: String!, $name{n}: String!"));
            push(&mut filters, format_args!(" {{ hostname: $host{n}, namespace: $space{n}, name: $name{n} }}"));
        }
        filters.push_str(" ]");
    }
    query(
        "dhiListMirroringLogs",
        &parameters,
        &format!(", query: {{ {filters} }}"),
        "items { id reason status sourceRepository destinationRepository tag digest triggeredAt pushedAt startedAt \
         completedAt }",
        Value::Object(variables),
    )
}

/// What the organization's plan includes (6.4).
pub(super) fn entitlements(organization: &str) -> Operation {
    query(
        "namespaceEntitlements",
        "",
        "",
        "namespace plan { displayName isLegacy isFree } isEnrolled featureEntitlements { dhi { dhiEnabled \
         canMirrorMoreRepositories canViewCatalog repositoriesLimit mirroredRepositoriesCount freeTrial \
         freeTrialEndDate } }",
        json!({ "organization": organization }),
    )
}

/// Appends to a text, which cannot fail.
fn push(text: &mut String, part: std::fmt::Arguments<'_>) {
    let written = text.write_fmt(part);
    debug_assert!(written.is_ok(), "a String takes any text");
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}
