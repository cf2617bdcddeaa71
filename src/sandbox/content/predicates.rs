//! What the attestations say: predicates of the kinds in `contracts/attestations.md` section 4, short but of the right shape.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::image::created;
use super::{OPENVEX, Object, Recipe, sha256};

/// Predicate types with their predicates, in the order they are attached.
pub fn predicates(recipe: &Recipe, architecture: &str, layers: &[&Object]) -> Vec<(&'static str, Value)> {
    let created = created(recipe);
    let mut all = vec![
        ("https://spdx.dev/Document", spdx(recipe, architecture, &created)),
        ("https://cyclonedx.org/bom/v1.6", cyclonedx(recipe, architecture)),
        ("https://scout.docker.com/sbom/v0.1", scout_sbom(recipe, layers)),
        ("https://slsa.dev/provenance/v0.2", provenance(recipe, architecture, &created)),
        ("https://scout.docker.com/provenance/v0.1", json!({"source": source(recipe), "build_id": recipe.revision})),
        ("https://slsa.dev/verification_summary/v1", summary(recipe, &created)),
        (OPENVEX, vex(recipe, "base", "CVE-2025-0395", "vulnerable_code_not_present", &created)),
        (OPENVEX, vex(recipe, "exceptions", "CVE-2011-3374", "vulnerable_code_not_in_execute_path", &created)),
        (
            "https://scout.docker.com/vulnerabilities/v0.1",
            json!({"scanner": {"name": "docker-scout", "version": "1.18.2"}, "result": []}),
        ),
        ("https://scout.docker.com/tests/v0.1", tests(recipe)),
        ("https://scout.docker.com/virus/v0.1", virus()),
        ("https://scout.docker.com/secrets/v0.1", json!({})),
    ];
    if recipe.fips {
        all.push(("https://docker.com/dhi/fips/v0.1", json!([{"certification": "CMVP #4985", "certificationUrl": "https://csrc.nist.gov/projects/cryptographic-module-validation-program/certificate/4985", "name": "OpenSSL FIPS Provider", "package": "openssl-provider-fips", "standard": "FIPS 140-3", "status": "active", "version": "3.1.2"}])));
    }
    if recipe.stig {
        all.push(("https://docker.com/dhi/stig/v0.1", json!([{"name": "Docker Hardened Image - GPOS SRG", "profile": "xccdf_com.docker.dhi_profile_stig", "result": "pass", "score": 100, "rules": {"passed": 91, "failed": 0, "notapplicable": 130}}])));
    }
    all
}

/// A later VEX document on an unchanged image.
pub fn vex_renewal(recipe: &Recipe, number: u32) -> Value {
    vex(
        recipe,
        &format!("renewal-{number}"),
        &format!("CVE-2026-{}", 10_000 + number),
        "inline_mitigations_already_exist",
        "2026-02-01T00:00:00Z",
    )
}

/// The packages of a build as its bills of materials name them: name, version, purl.
pub fn bill(recipe: &Recipe, architecture: &str) -> Vec<(String, String, String)> {
    let line = |name: &String| (name.clone(), package_version(recipe, name), purl(recipe, name, architecture));
    recipe.packages.iter().map(line).collect()
}

fn purl(recipe: &Recipe, package: &str, architecture: &str) -> String {
    let (family, version) = recipe.distribution.split_once('-').unwrap_or((recipe.distribution.as_str(), "1"));
    let kind = if family == "alpine" { "apk" } else { "deb" };
    format!(
        "pkg:{kind}/{family}/{package}@{}?arch={architecture}&distro={family}-{version}",
        package_version(recipe, package)
    )
}

fn package_version(recipe: &Recipe, package: &str) -> String {
    if package == recipe.name {
        recipe.version.clone()
    } else {
        format!("{}.{}.{}-{}", package.len() % 7 + 1, package.len(), package.len() % 5, recipe.revision)
    }
}

fn spdx(recipe: &Recipe, architecture: &str, created: &str) -> Value {
    let package = |name: &String| {
        json!({
            "SPDXID": format!("SPDXRef-Package-{name}"), "name": name, "versionInfo": package_version(recipe, name),
            "downloadLocation": "NOASSERTION", "licenseDeclared": "Apache-2.0", "supplier": "Organization: Docker, Inc.",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl(recipe, name, architecture)}],
        })
    };
    json!({
        "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "name": format!("dhi/{}", recipe.name),
        "documentNamespace": format!("https://scout.docker.com/spdx/{}/{}", recipe.name, recipe.revision),
        "creationInfo": {"created": created, "creators": ["Organization: Docker, Inc.", "Tool: docker-scout"]},
        "packages": recipe.packages.iter().map(package).collect::<Vec<_>>(),
    })
}

fn cyclonedx(recipe: &Recipe, architecture: &str) -> Value {
    let component = |name: &String| json!({"type": "library", "name": name, "version": package_version(recipe, name), "purl": purl(recipe, name, architecture), "bom-ref": purl(recipe, name, architecture)});
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "container", "name": format!("dhi/{}", recipe.name), "version": recipe.version}},
        "components": recipe.packages.iter().map(component).collect::<Vec<_>>(),
    })
}

fn scout_sbom(recipe: &Recipe, layers: &[&Object]) -> Value {
    json!({
        "source": {"type": "image", "image": {"name": format!("dhi/{}", recipe.name), "layers": layers.iter().map(|layer| &layer.digest).collect::<Vec<_>>()}},
        "artifacts": recipe.packages.iter().map(|name| json!({"name": name, "version": package_version(recipe, name)})).collect::<Vec<_>>(),
    })
}

fn source(recipe: &Recipe) -> Value {
    let commit = sha256(format!("{} {}", recipe.definition, recipe.revision).as_bytes());
    json!({"uri": "git+https://github.com/docker-hardened-images/definitions", "digest": {"sha1": &commit[7..47]}, "entryPoint": format!("image/{}/{}.yaml", recipe.name, recipe.definition)})
}

fn provenance(recipe: &Recipe, architecture: &str, created: &str) -> Value {
    json!({
        "builder": {"id": "https://github.com/docker-hardened-images/definitions/.github/workflows/build.yaml"},
        "buildType": "https://mobyproject.org/buildkit@v1",
        "invocation": {"configSource": source(recipe), "parameters": {"platform": format!("linux/{architecture}")}, "environment": {}},
        "metadata": {"buildStartedOn": created, "buildFinishedOn": created, "completeness": {"parameters": true, "environment": true, "materials": true}, "reproducible": false},
        "materials": [source(recipe)],
    })
}

fn summary(recipe: &Recipe, created: &str) -> Value {
    json!({
        "verifier": {"id": "https://docker.com"}, "timeVerified": created, "resourceUri": format!("docker.io/dhi/{}", recipe.name),
        "policy": {"uri": "https://docker.com/dhi/slsa"}, "verificationResult": "PASSED", "verifiedLevels": ["SLSA_BUILD_LEVEL_3"], "slsaVersion": "1.0",
    })
}

fn vex(recipe: &Recipe, part: &str, cve: &str, justification: &str, created: &str) -> Value {
    json!({
        "@context": OPENVEX, "@id": format!("https://scout.docker.com/public/vex/{}-{part}", recipe.name), "author": "Docker Hardened Images <dhi@docker.com>",
        "role": "Document Creator", "timestamp": created, "version": 1, "tooling": "Docker Scout",
        "statements": [{
            "vulnerability": {"name": cve}, "status": "not_affected", "justification": justification, "timestamp": created,
            "products": [{"@id": format!("pkg:docker/dhi/{}", recipe.name)}],
            "impact_statement": "The vulnerable code is not reachable in this image.",
        }],
    })
}

fn tests(recipe: &Recipe) -> Value {
    let names = ["starts", "runs as its user", "has no shell", "reports its version"];
    let tests: Vec<_> = names
        .iter()
        .filter(|name| !recipe.dev || **name != "has no shell")
        .map(|name| json!({"name": name, "status": "passed", "duration": 120}))
        .collect();
    json!({"results": {"tool": {"name": "dhi-tests"}, "summary": {"tests": tests.len(), "passed": tests.len(), "failed": 0, "pending": 0, "skipped": 0, "other": 0}, "tests": tests}})
}

fn virus() -> Value {
    let report = "----------- SCAN SUMMARY -----------\nKnown viruses: 8708688\nEngine version: 1.4.3\nScanned files: 214\nInfected files: 0\n";
    json!({"scanner": {"name": "clamav", "version": "1.4.3", "report": STANDARD.encode(report)}})
}
