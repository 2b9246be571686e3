//! `channel getciphers`: the cipher suites of a channel.

use super::{USAGE, channel_of};
use crate::bmc::CallError;
use crate::family::{Context, Status};
use crate::ipmi::user::GetCipherSuites;
use crate::line;
use crate::out::{Column, Page, Report, completion_text};
use crate::tables::codes::{AUTH_ALGORITHMS, ENCRYPTION_ALGORITHMS, INTEGRITY_ALGORITHMS};
use crate::tables::in_one_call;
use serde::Serialize;
use std::borrow::Cow;

/// Parts a list may have (section 22.15).
const MAX_PARTS: u8 = 64;
/// Reference: it shows no more suites than a suite has bytes in its memory.
const MAX_SHOWN: usize = 12;

/// A cipher suite.
#[derive(Serialize)]
struct SuiteRow {
    id: u8,
    iana: Option<u32>,
    authentication: Cow<'static, str>,
    integrity: Cow<'static, str>,
    confidentiality: Cow<'static, str>,
    /// The same three as text and CSV show them.
    #[serde(skip)]
    shown: [Cow<'static, str>; 3],
}

const SUITES: &[Column] = &[
    Column { title: "Id", pointer: "/id" },
    Column { title: "IANA", pointer: "/iana" },
    Column { title: "Authentication", pointer: "/authentication" },
    Column { title: "Integrity", pointer: "/integrity" },
    Column { title: "Confidentiality", pointer: "/confidentiality" },
];

impl SuiteRow {
    fn iana(&self) -> Cow<'static, str> {
        // Reference: a manufacturer's suite whose manufacturer is 0 looks like a standard one.
        self.iana.filter(|iana| *iana != 0).map_or(Cow::Borrowed("N/A"), |iana| Cow::Owned(format!("{iana:06x}")))
    }
}

impl Report for SuiteRow {
    const COLUMNS: &'static [Column] = SUITES;

    fn text(&self, page: &mut Page) {
        let iana = self.iana();
        let SuiteRow { id, shown: [authentication, integrity, confidentiality], .. } = self;
        line!(page, "{id:<4} {iana:<7} {authentication:<15} {integrity:<15} {confidentiality:<15}");
    }

    fn csv(&self, page: &mut Page) {
        let SuiteRow { id, shown: [authentication, integrity, confidentiality], .. } = self;
        line!(page, "{id},{},{authentication},{integrity},{confidentiality}", self.iana());
    }
}

/// `channel getciphers`.
pub async fn getciphers(context: &Context, words: &[String]) -> Result<(), Status> {
    let payload = match words.first().map(String::as_str) {
        Some("ipmi") if words.len() <= 2 => 0,
        Some("sol") if words.len() <= 2 => 1,
        _ => return Err(context.misused(&USAGE)),
    };
    let channel = channel_of(context, words.get(1))?;
    let mut records = Vec::new();
    for index in 0..MAX_PARTS {
        let part = context.bmc.call(&GetCipherSuites { channel, payload, index }).await.map_err(|error| {
            match error {
                CallError::Transport(_) => context.out.error("Unable to Get Channel Cipher Suites"),
                error => {
                    // Reference: a length that cannot be is a failure that completed normally.
                    let text = completion_text(error.code().map_or(0, |code| code.0));
                    context.out.error(&format!("Get Channel Cipher Suites failed: {text}"));
                }
            }
            Status::FAILED
        })?;
        records.extend(&part);
        if part.len() < 16 {
            break;
        }
    }
    let rows = context.out.list();
    if context.out.csv() == 0 {
        context.out.println("ID   IANA    Auth Alg        Integrity Alg   Confidentiality Alg");
    }
    for suite in suites(&records).into_iter().take(MAX_SHOWN) {
        rows.push(&suite);
    }
    Ok(())
}

/// Reads cipher suite records (table 22-18); what cannot be read ends the list.
fn suites(records: &[u8]) -> Vec<SuiteRow> {
    let mut rows = Vec::new();
    let mut rest = records;
    loop {
        let (id, iana, algorithms, tail) = match rest {
            [0xc0, id, a, i, c, tail @ ..] => (*id, None, [a, i, c], tail),
            [0xc1, id, i0, i1, i2, a, i, c, tail @ ..] => {
                (*id, Some(u32::from_le_bytes([*i0, *i1, *i2, 0])), [a, i, c], tail)
            }
            _ => return rows,
        };
        let [a, i, c] = algorithms.map(|byte| byte & 0x3f);
        rows.push(SuiteRow {
            id,
            iana,
            authentication: AUTH_ALGORITHMS.name(a),
            integrity: INTEGRITY_ALGORITHMS.name(i),
            confidentiality: ENCRYPTION_ALGORITHMS.name(c),
            shown: in_one_call([
                (AUTH_ALGORITHMS, a.into()),
                (INTEGRITY_ALGORITHMS, i.into()),
                (ENCRYPTION_ALGORITHMS, c.into()),
            ]),
        });
        rest = tail;
    }
}
