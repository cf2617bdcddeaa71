//! What attestations say, by their predicate type (`contracts/attestations.md` section 4). The list is open.

/// In plain words; none for a type that is not on the list.
pub fn predicate_words(predicate_type: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 16] = [
        ("https://cyclonedx.org/bom/", "Bill of materials (CycloneDX)"),
        ("https://spdx.dev/Document", "Bill of materials (SPDX)"),
        ("https://scout.docker.com/sbom/", "Bill of materials (Docker Scout)"),
        ("https://slsa.dev/provenance/", "How it was built (SLSA provenance)"),
        ("https://scout.docker.com/provenance/", "How it was built, extended"),
        ("https://slsa.dev/verification_summary/", "Which SLSA level was verified"),
        ("https://openvex.dev/ns/", "Which vulnerabilities matter (OpenVEX)"),
        ("https://in-toto.io/attestation/vulns/", "Vulnerability report"),
        ("https://scout.docker.com/vulnerabilities/", "Vulnerability report (Docker Scout)"),
        ("https://scout.docker.com/secrets/", "Scan for secrets"),
        ("https://scout.docker.com/virus/", "Scan for malware"),
        ("https://scout.docker.com/tests/", "Tests of the image"),
        ("https://scout.docker.com/health/", "Health score"),
        ("https://docker.com/dhi/fips/", "FIPS modules and certificates"),
        ("https://docker.com/dhi/stig/", "STIG scan"),
        ("https://docker.com/dhi/source/", "Link to the source image"),
    ];
    KNOWN.iter().find(|(beginning, _)| predicate_type.starts_with(beginning)).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::predicate_words;

    #[test]
    fn types_of_any_version_have_words_and_unknown_ones_have_none() {
        assert_eq!(
            predicate_words("https://slsa.dev/provenance/v1"),
            predicate_words("https://slsa.dev/provenance/v0.2")
        );
        assert_eq!(predicate_words("https://spdx.dev/Document"), Some("Bill of materials (SPDX)"));
        assert_eq!(predicate_words("https://example.com/v1"), None);
        assert_eq!(predicate_words(""), None);
    }
}
