//! A mail as its reader's program takes it apart.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A header without its folds and encoded words (RFC 2047).
pub fn header(message: &str, name: &str) -> String {
    let head = message.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    let start = format!("{name}: ");
    let value = head.lines().find_map(|line| line.strip_prefix(start.as_str())).unwrap();
    let value = value.replace("?= =?", "?==?"); // a space between two encoded words is none
    let mut pieces = value.split("=?utf-8?b?");
    let mut text = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (word, plain) = piece.split_once("?=").unwrap();
        text += &String::from_utf8(STANDARD.decode(word).unwrap()).unwrap();
        text += plain;
    }
    text
}

/// Undoes quoted-printable (RFC 2045).
fn unquoted(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut pieces = text.split('=');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        let (hex, plain) = piece.split_at(2);
        bytes.push(u8::from_str_radix(hex, 16).unwrap());
        bytes.extend(plain.as_bytes());
    }
    bytes
}

/// What the part of a kind says, with line ends as we write them, but the last.
pub fn part(message: &str, kind: &str) -> String {
    let (_, part) = message.split_once(&format!("Content-Type: {kind}")).unwrap();
    let (head, body) = part.split_once("\r\n\r\n").unwrap();
    let boundaries = message.split("boundary=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let end = boundaries.filter_map(|boundary| body.find(&format!("\r\n--{boundary}"))).min().unwrap();
    let body = &body[..end];
    let bytes = if head.contains("Encoding: base64") {
        STANDARD.decode(body.replace("\r\n", "")).unwrap()
    } else if head.contains("Encoding: quoted-printable") {
        unquoted(body)
    } else {
        body.as_bytes().to_vec()
    };
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n").trim_end().to_owned()
}
