//! Which addresses we talk to: public ones only, decided on every address a name resolves to.
//!
//! The check sits in the resolver of the HTTP client, so the address that was checked is the address that is dialled and a
//! name that changes its mind in between (DNS rebinding) gains nothing.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::error::ShopError;

/// A name resolved to an address we do not talk to.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("resolves to a private or local address")]
pub struct PrivateAddress;

/// Resolves by the operating system, then refuses the name if *any* of its addresses is not public.
#[derive(Debug, Clone, Copy)]
pub struct GuardedDns {
    pub allow_private: bool,
}

impl Resolve for GuardedDns {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !allow_private && addresses.iter().any(|address| !is_public(address.ip())) {
                return Err(PrivateAddress.into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// What can be refused before anything is sent: the scheme, and hosts that are addresses already.
///
/// # Errors
/// [`ShopError::PlainHttp`] for anything but https, [`ShopError::PrivateAddress`] for an address that is not public.
pub fn check(url: &Url, allow_private: bool) -> Result<(), ShopError> {
    match url.scheme() {
        "https" => {}
        "http" if allow_private => {}
        _ => return Err(ShopError::PlainHttp),
    }
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(_)) => return Ok(()),
        None => return Err(ShopError::PrivateAddress),
    };
    if allow_private || is_public(address) { Ok(()) } else { Err(ShopError::PrivateAddress) }
}

/// Whether an address belongs to the public internet. Everything reserved, local or documented as an example does not.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded =
        |high: u16, low: u16| is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    match segments {
        // IPv4-mapped, the well-known translation prefix and 6to4: as good as the IPv4 address inside.
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => embedded(high, low),
        // Teredo and other protocol assignments, documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast; outside of it are loopback, link-local, unique local, multicast and the unassigned rest.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_local_addresses_are_not_public_in_any_disguise() {
        for bad in [
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "127.9.9.9",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.1",
            "192.0.2.7",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "100::1",
        ] {
            assert!(!is_public(bad.parse().unwrap()), "{bad}");
        }
    }

    #[test]
    fn neighbours_of_private_ranges_are_public() {
        for good in [
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "169.253.1.1",
            "192.167.1.1",
            "198.17.1.1",
            "223.255.255.255",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            assert!(is_public(good.parse().unwrap()), "{good}");
        }
    }

    #[test]
    fn a_host_written_as_a_number_is_still_that_address() {
        for bad in [
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://0/",
            "https://169.254.169.254/latest",
            "https://2852039166/",
        ] {
            let url: Url = bad.parse().unwrap();
            assert_eq!(check(&url, false), Err(ShopError::PrivateAddress), "{bad}");
            assert_eq!(check(&url, true), Ok(()), "{bad}");
        }
    }

    #[test]
    fn plain_http_needs_a_developers_installation() {
        let url: Url = "http://shop.example/".parse().unwrap();
        assert_eq!(check(&url, false), Err(ShopError::PlainHttp));
        assert_eq!(check(&url, true), Ok(()));
        assert_eq!(check(&"ftp://shop.example/".parse().unwrap(), true), Err(ShopError::PlainHttp));
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_this_machine_is_refused() {
        let refused = GuardedDns { allow_private: false }.resolve("localhost".parse().unwrap()).await;
        assert!(refused.is_err_and(|e| e.is::<PrivateAddress>()));
        let allowed = GuardedDns { allow_private: true }.resolve("localhost".parse().unwrap()).await;
        assert!(allowed.is_ok_and(|mut addresses| addresses.next().is_some()));
    }
}
