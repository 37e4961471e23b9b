//! What of a job may be shown to those who run the installation.

/// An error text without the addresses of people in it.
pub fn without_addresses(text: &str) -> String {
    let hide = |word: &str| if word.contains('@') { "…@…".to_owned() } else { word.to_owned() };
    text.split(' ').map(hide).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_hidden() {
        assert_eq!(without_addresses("550 <ana@exemple.fr>: unknown user"), "550 …@… unknown user");
        assert_eq!(without_addresses("connection refused"), "connection refused");
    }
}
