//! One tag of the catalog: what it is, and what is in the image of each platform. Each part is asked for when it is looked at.

mod asked;
mod attestations;
mod compare;
mod configuration;
mod head;
mod packages;
mod search;
mod statement;
mod vulnerabilities;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use crate::api::catalog_tag::{
    compare_tags, get_catalog_tag, get_configuration, get_statement, list_attestations, list_packages,
    list_vulnerabilities,
};
use crate::model::{
    Analysis, ApiError, Comparison, Evidence, ImageConfiguration, OrgName, PackageList, PackageQuery, StatementText,
    VulnerabilityList, VulnerabilityQuery,
};
use crate::web::components::{Crumb, EmptyState, Loading, PageHeader, Section};
use crate::web::frame::use_organization;
use crate::web::pages::ReadError;
use asked::{Asked, Part};
use head::Head;
use search::Search;

/// What one part of the page shows.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Answer {
    Packages(PackageList),
    Vulnerabilities(VulnerabilityList),
    Attestations(Evidence),
    Statement(StatementText),
    Configuration(ImageConfiguration),
    Comparison(Comparison),
}

/// The tag's page.
#[component]
pub fn CatalogTagPage() -> impl IntoView {
    let organization = use_organization();
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| Asked::of(&params.read(), &query.read()));
    let named = Memo::new(move |_| asked.with(|asked| (asked.name.clone(), asked.tag.clone())));
    let catalog = StoredValue::new(Section::Catalog.href(organization.as_str()));

    let (of_head, of_part) = (organization.clone(), organization);
    let head = Resource::new_blocking(
        move || named.get(),
        move |(name, tag)| {
            let organization = of_head.clone();
            async move {
                let image = Asked { name, tag, ..Asked::default() }.image()?;
                get_catalog_tag(organization, image.name, image.tag).await
            }
        },
    );
    let part = Resource::new_blocking(move || asked.get(), move |asked| ask(of_part.clone(), asked));

    view! {
        <div class="stack" data-gap="xl">
            <Transition fallback=|| view! { <Loading rows=8 label="Loading the tag" /> }>
                {move || Suspend::new(async move {
                    match head.await {
                        Ok(head) => {
                            view! {
                                <Head head asked catalog=catalog.get_value() />
                                <Search asked catalog=catalog.get_value() />
                            }
                            .into_any()
                        }
                        Err(error) => {
                            let (name, tag) = named.get_untracked();
                            let crumbs = vec![Crumb::new("Catalog", catalog.get_value())];
                            let way_on = ("Go to the catalog", catalog.get_value());
                            view! {
                                <Title text=format!("{name}:{tag}") />
                                <PageHeader title=format!("{name}:{tag}") crumbs />
                                <ReadError error way_on />
                            }
                            .into_any()
                        }
                    }
                })}
            </Transition>
            <Transition fallback=|| view! { <Loading rows=10 label="Loading what is in the image" /> }>
                {move || {
                    let asked = asked.get();
                    Suspend::new(async move {
                        let is_found = head.await.is_ok();
                        match part.await {
                            // One error is enough for a page.
                            _ if !is_found => ().into_any(),
                            Ok(answer) => show(answer, asked, catalog.get_value()),
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </div>
    }
}

async fn ask(organization: OrgName, asked: Asked) -> Result<Answer, ApiError> {
    let image = asked.image()?;
    let Asked { q, kind, severity, page, .. } = asked.clone();
    Ok(match asked.part {
        Part::Packages => Answer::Packages(list_packages(organization, image, PackageQuery { q, kind, page }).await?),
        Part::Vulnerabilities => Answer::Vulnerabilities(
            list_vulnerabilities(organization, image, VulnerabilityQuery { q, severity, page }).await?,
        ),
        Part::Attestations => match asked.attestation()? {
            Some(digest) => Answer::Statement(get_statement(organization, image.name, digest).await?),
            None => Answer::Attestations(list_attestations(organization, image).await?),
        },
        Part::Configuration => Answer::Configuration(get_configuration(organization, image).await?),
        Part::Compare => Answer::Comparison(compare_tags(organization, image, asked.other()?).await?),
    })
}

fn show(answer: Answer, asked: Asked, catalog: String) -> AnyView {
    match answer {
        Answer::Packages(list) => view! { <packages::Packages list asked catalog /> }.into_any(),
        Answer::Vulnerabilities(list) => view! { <vulnerabilities::Vulnerabilities list asked catalog /> }.into_any(),
        Answer::Attestations(evidence) => view! { <attestations::Attestations evidence asked catalog /> }.into_any(),
        Answer::Statement(statement) => view! { <statement::Statement statement asked catalog /> }.into_any(),
        Answer::Configuration(found) => view! { <configuration::Configuration found /> }.into_any(),
        Answer::Comparison(comparison) => view! { <compare::Compare comparison asked catalog /> }.into_any(),
    }
}

/// What stands in place of numbers where Docker has not looked into the image: never "none".
fn not_analysed(analysis: Analysis) -> AnyView {
    view! { <EmptyState title="Not analysed">{analysis.sentence()}</EmptyState> }.into_any()
}
