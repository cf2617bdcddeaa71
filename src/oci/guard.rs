//! Where a registry may send us: never to a private address from a public registry, never from https to http
//! (`contracts/registries.md` rules 15 and 16).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::OnceCell;

use super::error::Unsafe;

/// How far an address reaches; later is nearer and more delicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Zone {
    Public,
    Private,
    /// Also the metadata services of clouds.
    LinkLocal,
}

/// Checks addresses that a registry names, by the zone the registry itself is in.
#[derive(Clone, Debug)]
pub(super) struct Guard(Arc<Home>);

#[derive(Debug)]
struct Home {
    base: Url,
    zone: OnceCell<Zone>,
}

impl Guard {
    pub(super) fn new(base: Url) -> Self {
        Self(Arc::new(Home { base, zone: OnceCell::new() }))
    }

    /// May this address be asked? Names are checked again when they are resolved, by [`Resolve`].
    pub(super) async fn check(&self, from: &Url, to: &Url) -> Result<(), Unsafe> {
        match to.scheme() {
            "https" => {}
            "http" if from.scheme() == "http" => {}
            "http" => return Err(Unsafe::Downgrade),
            _ => return Err(Unsafe::Scheme),
        }
        let literal = match to.host() {
            Some(url::Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(url::Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(url::Host::Domain(_)) => return Ok(()),
            None => return Err(Unsafe::NotAnAddress),
        };
        if self.allows(literal).await { Ok(()) } else { Err(Unsafe::PrivateAddress) }
    }

    async fn allows(&self, ip: IpAddr) -> bool {
        match zone_of(ip) {
            Zone::Public => true,
            zone => zone <= self.zone().await,
        }
    }

    /// The nearest zone among the registry's own addresses. Unresolvable counts as public: the strictest.
    async fn zone(&self) -> Zone {
        let find = || async {
            let host = self.0.base.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
            let port = self.0.base.port_or_known_default().unwrap_or(443);
            let found = tokio::net::lookup_host((host, port)).await;
            found.map_or(Zone::Public, |all| all.map(|a| zone_of(a.ip())).max().unwrap_or(Zone::Public))
        };
        *self.0.zone.get_or_init(find).await
    }
}

/// A name may resolve to something else at each asking, so the check sits where the connection gets its address.
impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let mut allowed = Vec::with_capacity(found.len());
            for address in found {
                if guard.allows(address.ip()).await {
                    allowed.push(address);
                }
            }
            if allowed.is_empty() {
                return Err(Unsafe::PrivateAddress.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn zone_of(ip: IpAddr) -> Zone {
    match ip {
        IpAddr::V4(ip) => zone_of_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped().or_else(|| embedded_v4(ip)) {
            Some(v4) => zone_of_v4(v4),
            None if ip.is_unicast_link_local() || ip.is_multicast() || ip.is_unspecified() => Zone::LinkLocal,
            None if ip.is_loopback() || ip.is_unique_local() => Zone::Private,
            None => Zone::Public,
        },
    }
}

fn zone_of_v4(ip: Ipv4Addr) -> Zone {
    let [a, b, ..] = ip.octets();
    let carrier = a == 100 && (64..128).contains(&b);
    let benchmark = a == 198 && (b == 18 || b == 19);
    if ip.is_link_local() || ip.is_multicast() || ip.is_broadcast() || a == 0 || a >= 240 {
        Zone::LinkLocal
    } else if ip.is_loopback() || ip.is_private() || carrier || benchmark {
        Zone::Private
    } else {
        Zone::Public
    }
}

/// NAT64 (`64:ff9b::/96`) and 6to4 (`2002::/16`) carry an IPv4 address that is the real target.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fall_into_zones() {
        for (ip, zone) in [
            ("8.8.8.8", Zone::Public),
            ("10.1.2.3", Zone::Private),
            ("127.0.0.1", Zone::Private),
            ("100.64.0.1", Zone::Private),
            ("169.254.169.254", Zone::LinkLocal),
            ("0.0.0.0", Zone::LinkLocal),
            ("::1", Zone::Private),
            ("fd00::1", Zone::Private),
            ("fe80::1", Zone::LinkLocal),
            ("::ffff:169.254.169.254", Zone::LinkLocal),
            ("64:ff9b::a9fe:a9fe", Zone::LinkLocal),
            ("2002:7f00:1::", Zone::Private),
            ("2606:4700::1111", Zone::Public),
        ] {
            assert_eq!(ip.parse::<IpAddr>().map(zone_of), Ok(zone), "{ip}");
        }
    }

    #[tokio::test]
    async fn a_registry_sends_us_no_nearer_than_it_is_itself() {
        let check = async |base: &str, to: &str| {
            let base: Url = base.parse().expect("an address");
            Guard::new(base.clone()).check(&base, &to.parse().expect("an address")).await
        };
        assert_eq!(check("https://8.8.8.8", "https://1.1.1.1/x").await, Ok(()));
        assert_eq!(check("https://8.8.8.8", "https://10.0.0.1/x").await, Err(Unsafe::PrivateAddress));
        assert_eq!(check("https://8.8.8.8", "http://1.1.1.1/x").await, Err(Unsafe::Downgrade));
        assert_eq!(check("https://8.8.8.8", "ftp://1.1.1.1/x").await, Err(Unsafe::Scheme));
        assert_eq!(check("http://127.0.0.1:5000", "http://127.0.0.1:5001/x").await, Ok(()));
        assert_eq!(check("http://127.0.0.1:5000", "http://169.254.169.254/x").await, Err(Unsafe::PrivateAddress));
    }
}
