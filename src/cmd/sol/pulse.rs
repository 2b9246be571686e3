//! Signs of life: when a console asks its BMC for one, and how many it has missed.

use crate::family::Context;
use std::time::Duration;
use tokio::time::Instant;

/// How the session is kept alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keepalive {
    /// By asking for the device id.
    DeviceId,
    /// By packets that hold nothing.
    Payload,
    /// By asking for the device id when it has been idle.
    Idle {
        /// For how long.
        after: Duration,
        /// Whether silence means anything.
        heeded: bool,
    },
    /// Not at all.
    Off,
}

impl Keepalive {
    /// That of IPMI 1.5, where only idle time counts.
    pub fn idle(context: &Context, after: Duration) -> Self {
        // Reference: `-o i82571spt` is for `sol` alone, so that a controller is asked here that may not answer.
        Keepalive::Idle { after, heeded: context.settings.console.keepalive }
    }

    fn period(self) -> Duration {
        if let Keepalive::Idle { after, .. } = self { after } else { KEEPALIVE }
    }
}

/// Time between keepalives. Reference: more than fifteen seconds of a clock that counts whole ones.
const KEEPALIVE: Duration = Duration::from_secs(16);
/// Keepalives that may stay unanswered in a row.
const MISSING: u32 = 6;
/// Pause before a keepalive that was not answered is repeated.
const MISSED: Duration = Duration::from_millis(500);

/// When to ask for a sign of life, and how many have been missed.
#[derive(Debug)]
pub struct Pulse {
    keepalive: Keepalive,
    due: Instant,
    asking: bool,
    missed: u32,
}

impl Pulse {
    /// Of a console that has just been opened.
    pub fn new(keepalive: Keepalive) -> Self {
        Pulse { keepalive, due: Instant::now() + keepalive.period(), asking: false, missed: 0 }
    }

    /// Whether to ask, once it is time.
    pub fn may_ask(&self) -> bool {
        self.keepalive != Keepalive::Off && !self.asking
    }

    /// When it is time.
    pub fn due(&self) -> Instant {
        self.due
    }

    /// It has been asked for.
    pub fn asked(&mut self) {
        self.asking = true;
    }

    /// The BMC sends something: it lives.
    pub fn lives(&mut self) {
        self.missed = 0;
    }

    /// The same, in a session that is not idle then.
    pub fn beats(&mut self) {
        self.lives();
        if let Keepalive::Idle { after, .. } = self.keepalive {
            self.due = Instant::now() + after;
        }
    }

    /// What was asked for has come, or has not. A refusal is a sign of life where only idle time counts.
    pub fn answered(&mut self, reply: Reply) {
        self.asking = false;
        let well = match self.keepalive {
            Keepalive::Idle { heeded, .. } => reply != Reply::None || !heeded,
            _ => reply == Reply::Well,
        };
        self.missed = if well { 0 } else { self.missed + 1 };
        self.due = Instant::now() + if well { self.keepalive.period() } else { MISSED };
    }

    /// Whether the last one has been missed.
    pub fn has_missed(&self) -> bool {
        self.missed > 0
    }

    /// Whether too many have been missed.
    pub fn has_stopped(&self) -> bool {
        self.missed > MISSING
    }
}

/// What has come of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The answer.
    Well,
    /// A refusal.
    Refused,
    /// Nothing.
    None,
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Keepalive = Keepalive::Idle { after: Duration::from_secs(10), heeded: true };

    /// How long an idle console waits for a BMC that answers like this; none when it waits for ever. What is
    /// not answered takes eight seconds.
    async fn patience(keepalive: Keepalive, replies: impl Fn(u32) -> Reply) -> Option<Duration> {
        let start = Instant::now();
        let mut pulse = Pulse::new(keepalive);
        for round in 0..100 {
            assert!(pulse.may_ask());
            tokio::time::sleep_until(pulse.due()).await;
            pulse.asked();
            assert!(!pulse.may_ask());
            let reply = replies(round);
            if reply == Reply::None {
                tokio::time::sleep(Duration::from_secs(8)).await;
            }
            pulse.answered(reply);
            if pulse.has_stopped() {
                return Some(start.elapsed());
            }
        }
        None
    }

    fn paused() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
    }

    #[test]
    fn silence_ends_a_console_and_a_refusal_none_of_fifteen() {
        paused().block_on(async {
            let silent = |_| Reply::None;
            // Seven schedules, and the pauses between them.
            assert_eq!(patience(IDLE, silent).await, Some(Duration::from_secs(10 + 7 * 8 + 3)));
            assert_eq!(patience(Keepalive::DeviceId, silent).await, Some(Duration::from_secs(16 + 7 * 8 + 3)));
            assert_eq!(patience(IDLE, |_| Reply::Refused).await, None);
            assert_eq!(
                patience(Keepalive::DeviceId, |_| Reply::Refused).await,
                Some(Duration::from_secs(16) + MISSED * 6)
            );
            // One answer in seven will do.
            assert_eq!(patience(IDLE, |round| if round % 7 == 6 { Reply::Refused } else { Reply::None }).await, None);
            let unheeded = Keepalive::Idle { after: Duration::from_secs(10), heeded: false };
            assert_eq!(patience(unheeded, silent).await, None);
        });
    }

    #[test]
    fn what_the_system_prints_is_a_sign_of_life() {
        paused().block_on(async {
            let mut pulse = Pulse::new(IDLE);
            let due = pulse.due();
            (0..6).for_each(|_| pulse.answered(Reply::None));
            assert!(!pulse.has_stopped() && pulse.due() == Instant::now() + MISSED);
            tokio::time::sleep(Duration::from_secs(1)).await;
            pulse.beats();
            assert_eq!(pulse.due(), due + Duration::from_secs(1));
            (0..6).for_each(|_| pulse.answered(Reply::None));
            assert!(!pulse.has_stopped());
            let due = pulse.due();
            pulse.lives();
            (0..6).for_each(|_| pulse.answered(Reply::None));
            assert!(!pulse.has_stopped() && pulse.due() == due);
            pulse.answered(Reply::None);
            assert!(pulse.has_stopped());
        });
    }
}
