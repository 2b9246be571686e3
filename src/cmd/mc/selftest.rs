//! `mc selftest`: the controller's own opinion of itself.

use crate::bmc::CallError;
use crate::family::{Context, Status};
use crate::ipmi::app::GetSelfTestResults;
use crate::out::{Page, Report, completion_text};
use crate::{line, put};
use serde::Serialize;

/// What may be broken when the result is 57h, from bit 7 down.
const BROKEN: [(u8, &str); 8] = [
    (0x80, " -> SEL device not accessible"),
    (0x40, " -> SDR repository not accessible"),
    (0x20, "FRU device not accessible"),
    (0x10, "IPMB signal lines do not respond"),
    (0x08, "SDR repository empty"),
    (0x04, "Internal Use Area corrupted"),
    (0x02, "Controller update boot block corrupted"),
    (0x01, "controller operational firmware corrupted"),
];

/// Result and detail (IPMI 2.0 section 20.4).
#[derive(Serialize)]
struct SelfTest {
    result: u8,
    detail: u8,
    passed: bool,
}

impl Report for SelfTest {
    fn text(&self, page: &mut Page) {
        let detail = self.detail;
        match self.result {
            0x55 => line!(page, "Selftest: passed"),
            0x56 => line!(page, "Selftest: not implemented"),
            0x57 => {
                line!(page, "Selftest: device corrupted");
                for (bit, name) in BROKEN {
                    if detail & bit != 0 {
                        line!(page, "{name}");
                    }
                }
            }
            0x58 => {
                line!(page, "Selftest     : fatal error");
                line!(page, "Failure code : {detail:02x}");
            }
            // Reference: no newline.
            0xff => put!(page, "Selftest: N/A"),
            code => {
                line!(page, "Selftest     : device specific ({code:02X}h)");
                line!(page, "Failure code : {detail:02X}h");
            }
        }
    }
}

/// Asks for the results; everything but a pass and the device's own codes fails.
pub async fn run(context: &Context) -> Status {
    match context.bmc.call(&GetSelfTestResults).await {
        Ok([result, detail]) => {
            context.out.report(&SelfTest { result, detail, passed: result == 0x55 });
            if matches!(result, 0x56 | 0x57 | 0x58 | 0xff) { Status::FAILED } else { Status::OK }
        }
        Err(CallError::Refused(code)) => {
            context.out.error(&format!("Bad response: ({})", completion_text(code.0)));
            Status::FAILED
        }
        Err(_) => {
            context.out.error("No response from devices\n");
            Status::FAILED
        }
    }
}
