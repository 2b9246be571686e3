//! `event file`: events as lines of seven numbers.

use super::{Message, send};
use crate::cli::number;
use crate::cmd::file;
use crate::family::{Context, Status};
use crate::out::{hex_bytes, text, until_nul};
use std::io::{BufRead, BufReader, Read};

/// Reference: a line is read in pieces of this many bytes, and each piece is an event of its own.
const PIECE: u64 = 1023;

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// Nothing, or a comment alone.
    Empty,
    /// An event.
    Event(Message),
    /// Fewer numbers than an event has, or a word that is none; what was read before it.
    Invalid(Option<String>, Message),
}

/// Reads one piece of the file. Reference: only blanks separate numbers, and what follows the seventh is nobody's
/// concern.
fn parse(piece: &[u8]) -> Line {
    let piece = text(until_nul(piece));
    let content = piece.split('#').next().unwrap_or_default();
    let content = content.trim_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    if content.is_empty() {
        return Line::Empty;
    }
    let mut message = Message::default();
    let mut words = content.split(' ').filter(|word| !word.is_empty());
    for byte in &mut message {
        let Some(word) = words.next() else { return Line::Invalid(None, message) };
        match number::parse_u8(word) {
            Ok(value) => *byte = value,
            Err(_) => return Line::Invalid(Some(word.to_owned()), message),
        }
    }
    Line::Event(message)
}

/// Sends the events of a file, as far as they can be sent. Reference: the status is that of the last event, or
/// of a word that was no number.
pub async fn run(context: &Context, name: &str) -> Status {
    let Some(file) = file::open(&context.out, name) else { return Status::FAILED };
    let mut file = BufReader::new(file);
    let mut status = Status::OK;
    let mut piece = Vec::new();
    loop {
        piece.clear();
        match file.by_ref().take(PIECE).read_until(b'\n', &mut piece) {
            Ok(0) | Err(_) => return status,
            Ok(_) => {}
        }
        match parse(&piece) {
            Line::Empty => {}
            Line::Invalid(word, message) => {
                if let Some(word) = word {
                    context.out.error(&format!("Invalid token in file: [{word}]"));
                    status = Status::FAILED;
                }
                context.out.error(&format!("Invalid Event: {}", hex_bytes(&message)));
            }
            Line::Event(message) => {
                status = send(context, message).await;
                if status != Status::OK {
                    return status;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        assert_eq!(parse(b" 4 1 0x30  1 9 255 0377 # hot\n"), Line::Event([4, 1, 0x30, 1, 9, 255, 255]));
        assert_eq!(parse(b"# 4 1\n"), Line::Empty);
        assert_eq!(parse(b"4 1\n"), Line::Invalid(None, [4, 1, 0, 0, 0, 0, 0]));
        assert_eq!(parse(b"4 1\t2 3"), Line::Invalid(Some("1\t2".to_owned()), [4, 0, 0, 0, 0, 0, 0]));
    }

    #[test]
    fn any_bytes_are_read() {
        for seed in 0..2000_u32 {
            let bytes: Vec<u8> =
                (0..40).map(|i| (seed.wrapping_mul(2_654_435_761).rotate_left(i) >> 7) as u8).collect();
            parse(&bytes);
        }
    }
}
