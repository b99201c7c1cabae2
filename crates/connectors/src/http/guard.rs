//! The address guard: outgoing requests reach the public network only, unless the operator opened a range.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Which addresses may be called.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Arc<[IpNet]>,
}

/// Every address of a name is refused.
#[derive(Debug, thiserror::Error)]
#[error("{host} is {address}, an address in this server's own network")]
pub(crate) struct Refused {
    host: String,
    address: IpAddr,
}

impl Guard {
    /// A guard that, besides the public network, lets these ranges through.
    #[must_use]
    pub fn allowing(ranges: &[IpNet]) -> Self {
        Self { allowed: ranges.into() }
    }

    /// Whether this address may be called.
    #[must_use]
    pub fn lets_through(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|range| range.contains(&address)) || is_public(address)
    }

    /// Refuses a host that is written as an address; names are looked at when they are resolved.
    pub(crate) fn check_host(&self, host: &str) -> Result<(), Refused> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) if !self.lets_through(address) => Err(Refused { host: host.to_owned(), address }),
            _ => Ok(()),
        }
    }
}

/// Resolves names and drops every address that may not be called: the connection goes to the address that was checked.
impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let (good, refused): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|address| guard.lets_through(address.ip()));
            match (good.is_empty(), refused.first()) {
                (true, Some(first)) => Err(Refused { host, address: first.ip() }.into()),
                _ => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocol = a == 192 && b == 0 && c == 0;
    let benchmark = a == 198 && (b == 18 || b == 19);
    !(address.is_unspecified()
        || a == 0
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || a >= 240
        || shared
        || protocol
        || benchmark)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Addresses that carry an IPv4 address inside are as good as that one.
    let embedded = match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some((high, low)),
        [0x2002, high, low, ..] => Some((high, low)),
        [0, 0, 0, 0, 0, 0, high, low] => Some((high, low)),
        _ => None,
    };
    if let Some((high, low)) = embedded {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    !(address.is_unspecified()
        || address.is_loopback()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || (first & 0xffc0) == 0xfec0
        || (first == 0x2001 && second == 0x0db8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_network_is_open_and_everything_nearer_is_closed() {
        let guard = Guard::default();
        for open in ["13.107.42.20", "2620:1ec::1", "8.8.8.8", "100.128.0.1", "::ffff:13.107.42.20"] {
            assert!(guard.lets_through(open.parse().unwrap()), "{open}");
        }
        let closed = [
            "127.0.0.1",
            "127.8.9.1",
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "203.0.113.7",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "::127.0.0.1",
        ];
        for closed in closed {
            assert!(!guard.lets_through(closed.parse().unwrap()), "{closed}");
        }
    }

    #[test]
    fn the_operator_may_open_a_range() {
        let guard = Guard::allowing(&["10.20.0.0/16".parse().unwrap(), "::1/128".parse().unwrap()]);
        assert!(guard.lets_through("10.20.3.4".parse().unwrap()));
        assert!(guard.lets_through("::ffff:10.20.3.4".parse().unwrap()));
        assert!(guard.lets_through("::1".parse().unwrap()));
        assert!(!guard.lets_through("10.21.0.1".parse().unwrap()));
        assert!(!guard.lets_through("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn a_host_written_as_an_address_is_checked_too() {
        let guard = Guard::default();
        assert!(guard.check_host("127.0.0.1").is_err());
        assert!(guard.check_host("[::1]").is_err());
        assert!(guard.check_host("[::ffff:169.254.169.254]").is_err());
        assert!(guard.check_host("13.107.42.20").is_ok());
        assert!(guard.check_host("dev.azure.com").is_ok());
    }

    #[tokio::test]
    async fn a_name_for_the_own_machine_is_refused_when_it_is_resolved() {
        let error = match Guard::default().resolve("localhost".parse().unwrap()).await {
            Ok(_) => panic!("localhost was let through"),
            Err(error) => error,
        };
        assert!(error.downcast_ref::<Refused>().is_some(), "{error}");
        let open = Guard::allowing(&["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]);
        assert!(open.resolve("localhost".parse().unwrap()).await.unwrap().count() > 0);
    }
}
