//! `--secure`: what is weak is refused. Without the option it is only pointed out, and only to a
//! human: scripts read both streams.

use super::startup::interface_of;
use crate::cli::{AuthType, Exposure, Options};
use crate::out::Output;
use crate::protocol::crypt::{Authentication, CipherSuite, Confidentiality, Integrity};
use std::io::IsTerminal;

/// What is weak about these options, in words.
fn weaknesses(options: &Options) -> Vec<String> {
    let mut found: Vec<String> = options
        .exposures
        .iter()
        .map(|exposure| match exposure {
            Exposure::Argument(letter @ 'P') => {
                format!("the password of -{letter} can be seen by others on this machine; use -f, -E or -a")
            }
            Exposure::Argument(letter) => {
                format!("the key of -{letter} can be seen by others on this machine; use -K or -Y")
            }
            Exposure::File(path) => format!("the password file {path} can be read by everybody"),
        })
        .collect();
    match interface_of(options) {
        "lanplus" => match options.cipher_suite.map(|id| (id, CipherSuite::from_id(id))) {
            Some((id, Some(suite))) if suite.authentication == Authentication::None => {
                found.push(format!("cipher suite {id} does not authenticate anybody"));
            }
            Some((id, Some(suite))) if suite.integrity == Integrity::None => {
                found.push(format!("cipher suite {id} does not protect messages against changes"));
            }
            Some((id, Some(suite))) if suite.confidentiality == Confidentiality::None => {
                found.push(format!("cipher suite {id} does not encrypt messages"));
            }
            _ => {}
        },
        "lan" => {
            found.push("IPMI 1.5 sessions (-I lan) do not encrypt messages, and their passwords can be guessed or read; use -I lanplus".to_owned());
        }
        _ => {}
    }
    if options.auth_type == Some(AuthType::NONE) {
        found.push("-A NONE does not authenticate anybody".to_owned());
    }
    found
}

/// Whether the run may go on. What is weak has been said when it may not.
pub fn check(options: &Options, out: &Output) -> bool {
    if !options.secure && !std::io::stderr().is_terminal() {
        return true;
    }
    let found = weaknesses(options);
    for weakness in &found {
        if options.secure {
            out.error(&format!("Refused by --secure: {weakness}"));
        } else {
            out.warning(&format!("Warning: {weakness}"));
        }
    }
    found.is_empty() || !options.secure
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(interface: &str, suite: Option<u8>, auth: Option<u8>) -> Options {
        Options {
            interface: Some(interface.to_owned()),
            cipher_suite: suite,
            auth_type: auth.map(AuthType),
            ..Options::default()
        }
    }

    #[test]
    fn the_weak_is_told_from_the_strong() {
        for suite in [0, 1, 2, 6, 7, 11, 15, 16] {
            assert_eq!(weaknesses(&options("lanplus", Some(suite), None)).len(), 1, "{suite}");
        }
        for suite in [None, Some(3), Some(8), Some(12), Some(17), Some(255)] {
            assert!(weaknesses(&options("lanplus", suite, None)).is_empty(), "{suite:?}");
        }
        for auth in [None, Some(1), Some(2), Some(4), Some(5)] {
            assert_eq!(weaknesses(&options("lan", None, auth)).len(), 1, "{auth:?}");
        }
        assert_eq!(weaknesses(&options("lanplus", None, Some(0))).len(), 1);
        assert!(weaknesses(&options("open", Some(0), None)).is_empty());
        let exposures = vec![Exposure::Argument('P'), Exposure::Argument('k'), Exposure::File("x".to_owned())];
        assert_eq!(weaknesses(&Options { exposures, ..options("lanplus", None, None) }).len(), 3);
        let refused = Options { secure: true, ..options("lanplus", Some(0), None) };
        assert!(!check(&refused, &Output::memory(crate::out::Format::Text)));
    }
}
