//! What a client calls itself, in few words that people recognise.

use crate::platform::words::Words;

/// The program and the system behind a `User-Agent`: `("Firefox", "Android")`. Empty words for what is not known. It is a
/// help for the eye, not a proof: clients say what they like.
pub fn describe_client(agent: &str) -> (&'static str, &'static str) {
    // The order counts: Edge says that it is Chrome, and Chrome that it is Safari.
    let programs = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
        ("python", "Python"),
        ("okhttp", "Android"),
        ("Dart", "Dart"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map_or("", |(_, word)| *word);
    (find(&programs), find(&systems))
}

/// The client in words; a word for that when nothing in it is known.
pub fn client_words(agent: &str, t: &Words) -> String {
    match describe_client(agent) {
        ("", "") => t.client_unknown(),
        (program, "") => program.to_owned(),
        ("", system) => system.to_owned(),
        (program, system) => t.client_on(program, system),
    }
}

/// Whether an address is of the same house, as far as an address tells.
pub fn is_local(address: &str) -> bool {
    match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(ip)) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        Ok(std::net::IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_recognised() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36",
                ("Chrome", "Android"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Version/18.1 Safari/604.1",
                ("Safari", "iPhone"),
            ),
            ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", ("Edge", "Windows")),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
            ("curl/8.5", ("curl", "")),
            ("", ("", "")),
        ] {
            assert_eq!(describe_client(agent), expected, "{agent}");
        }
        assert!(is_local("192.168.1.4") && is_local("::1") && !is_local("203.0.113.9") && !is_local(""));
    }
}
