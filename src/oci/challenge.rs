//! `WWW-Authenticate` read, and the question whether its realm may see the credential.

use reqwest::Url;

use crate::model::Host;

/// One way to sign in that a registry offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String>, scope: Option<String> },
}

/// All challenges of one header; schemes we do not know are left out.
pub(super) fn challenges(header: &str) -> Vec<Challenge> {
    let mut found: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            break;
        }
        let word_ends = rest.find([' ', '\t', ',', '=']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_ends);
        let value = after.trim_start_matches([' ', '\t']);
        if let (Some(value), Some((_, parameters))) = (value.strip_prefix('='), found.last_mut()) {
            let (value, after) = read_value(value.trim_start_matches([' ', '\t']));
            parameters.push((word.to_ascii_lowercase(), value));
            rest = after;
        } else {
            found.push((word.to_ascii_lowercase(), Vec::new()));
            // A malformed header must not hold us here.
            rest = after.strip_prefix('=').unwrap_or(after);
        }
    }
    found.into_iter().filter_map(|(scheme, parameters)| challenge(&scheme, &parameters)).collect()
}

fn challenge(scheme: &str, parameters: &[(String, String)]) -> Option<Challenge> {
    let get = |name: &str| parameters.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).filter(|v| !v.is_empty());
    match scheme {
        "basic" => Some(Challenge::Basic),
        "bearer" => Some(Challenge::Bearer { realm: get("realm")?, service: get("service"), scope: get("scope") }),
        _ => None,
    }
}

/// A token, or a quoted string with its escapes.
fn read_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t', ',']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

/// Whether the sign-in service at `realm` may see the credential given for this registry (rule 16).
pub(super) fn realm_fits(registry: &Url, realm: &Url, trusted: &[Host]) -> bool {
    let (Some(home), Some(there)) = (registry.host_str(), realm.host_str()) else { return false };
    let with_port = realm.port().map(|port| format!("{there}:{port}"));
    let is_trusted = |host: &Host| host.as_str() == there || Some(host.as_str()) == with_port.as_deref();
    home == there
        || trusted.iter().any(is_trusted)
        || (is_loopback(home) && is_loopback(there))
        || (is_docker(home) && is_docker(there))
        || organization(home).is_some_and(|ours| organization(there) == Some(ours))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Docker's registries share sign-in services across their names.
fn is_docker(host: &str) -> bool {
    ["docker.io", "docker.com", "dhi.io"]
        .iter()
        .any(|name| host == *name || host.strip_suffix(name).is_some_and(|sub| sub.ends_with('.')))
}

/// `example.com` of `registry.example.com`, `example.co.uk` of `registry.example.co.uk`. Cautious: where the part below a
/// country's domain is so short that it may be a public suffix, one more label is asked for.
fn organization(host: &str) -> Option<&str> {
    if host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[') {
        return None;
    }
    let labels: Vec<_> = host.split('.').collect();
    let (top, second) = (labels.last()?, labels.len().checked_sub(2).and_then(|at| labels.get(at))?);
    let shared = top.len() == 2 && second.len() <= 3;
    let wanted = if shared { 3 } else { 2 };
    let skipped = labels.len().checked_sub(wanted)?;
    let offset: usize = labels.iter().take(skipped).map(|label| label.len() + 1).sum();
    host.get(offset..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Challenge {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Challenge::Bearer { realm: realm.to_owned(), service: own(service), scope: own(scope) }
    }

    #[test]
    fn challenges_are_read_as_registries_write_them() {
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#;
        let expected =
            bearer("https://auth.docker.io/token", Some("registry.docker.io"), Some("repository:a/b:pull,push"));
        assert_eq!(challenges(hub), [expected]);
        assert_eq!(challenges(r#"Basic realm="a, \"b\" c""#), [Challenge::Basic]);
        let both = r#"Basic realm="x", bearer Realm = "/token" , service=plain"#;
        assert_eq!(challenges(both), [Challenge::Basic, bearer("/token", Some("plain"), None)]);
        assert_eq!(challenges("Negotiate, Basic"), [Challenge::Basic]);
        for odd in ["", "=", ",,,", "Bearer", "Bearer realm=", "Bearer realm=\"", "= = =", "\"\"\""] {
            assert_eq!(challenges(odd), [], "{odd}");
        }
    }

    #[test]
    fn a_credential_goes_only_where_it_belongs() {
        let fits = |registry: &str, realm: &str| {
            let url = |text: &str| text.parse::<Url>().expect("an address");
            realm_fits(&url(registry), &url(realm), &["sso.partner.example".parse().expect("a host")])
        };
        assert!(fits("https://registry-1.docker.io", "https://auth.docker.io/token"));
        assert!(fits("https://registry.scout.docker.com", "https://auth.docker.io/token"));
        assert!(fits("https://dhi.io", "https://dhi.io/token"));
        assert!(fits("https://registry.gitlab.com", "https://gitlab.com/jwt/auth"));
        assert!(fits("https://registry.acme.co.uk", "https://gitlab.acme.co.uk/jwt/auth"));
        assert!(fits("https://r.example:5050", "https://r.example/jwt/auth"));
        assert!(fits("http://127.0.0.1:5000", "http://localhost:6000/token"));
        assert!(fits("https://r.example", "https://sso.partner.example/token"));
        assert!(!fits("https://registry.acme.co.uk", "https://evil.co.uk/token"));
        assert!(!fits("https://dhi.io", "https://evil.io/token"));
        assert!(!fits("https://r.example", "https://evil.com/token"));
        assert!(!fits("https://10.0.0.1", "https://20.0.0.1/token"));
        assert!(!fits("https://docker.io", "https://evildocker.io/token"));
    }
}
