//! When a request is sent again.
//!
//! A schedule has a total time, which is never exceeded. Within it, what may be carried out twice is
//! repeated after a few of the round trips measured so far, so that a lost packet costs little; what
//! may not, and everything where the user has fixed the schedule, keeps to the schedule's own waits.

use std::time::Duration;

/// How often a request is sent, and how long each answer is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Transmissions in all.
    pub tries: u32,
    /// First wait.
    pub timeout: Duration,
    /// What every further wait is longer by.
    pub backoff: Duration,
    /// Whether what may be repeated is sent again sooner where the round trip is known; the total
    /// stays the same.
    pub paced: bool,
}

impl Schedule {
    /// The wait after the last transmission, which is the longest.
    fn longest(&self) -> Duration {
        self.timeout.saturating_add(self.backoff.saturating_mul(self.tries.saturating_sub(1)))
    }

    /// All waits together.
    pub fn total(&self) -> Duration {
        (self.timeout.saturating_add(self.longest())).saturating_mul(self.tries) / 2
    }
}

/// The shortest time after which anything is repeated.
const SHORTEST: Duration = Duration::from_millis(250);
/// Round trips before anything is repeated.
const ROUND_TRIPS: u32 = 4;

/// The clock of a session and its round trip.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    now: Duration,
    round_trip: Option<Duration>,
}

impl Pace {
    /// Takes the time.
    pub fn set_now(&mut self, now: Duration) {
        self.now = self.now.max(now);
    }

    /// After how long something is repeated, where that is known.
    pub fn interval(&self) -> Option<Duration> {
        self.round_trip.map(|time| time.saturating_mul(ROUND_TRIPS).max(SHORTEST))
    }

    /// A transmission of this time was answered.
    pub fn answered(&mut self, sent: Duration) {
        self.measured(self.now.saturating_sub(sent));
    }

    /// Slower counts at once, faster little by little: a BMC that is slow now and then is not asked twice.
    fn measured(&mut self, time: Duration) {
        let before = self.round_trip.unwrap_or(time);
        self.round_trip = Some(time.max((before * 3 + time) / 4));
    }
}

/// The message numbers a request has gone out under, and when. Where asking twice does no harm and
/// nobody has fixed the schedule, every transmission takes a number of its own, so that an answer
/// tells which of them it is to: the round trip is measured even where packets get lost.
#[derive(Clone, Debug)]
pub(super) struct Numbers(Vec<(u8, Duration)>);

impl Numbers {
    /// Nothing sent yet.
    pub fn new() -> Self {
        Numbers(Vec::new())
    }

    /// Notes a transmission.
    pub fn sent(&mut self, seq: u8, pace: &Pace) {
        self.0.push((seq, pace.now));
    }

    /// Whether an answer of this number is to one of them; if so, the round trip is measured, unless
    /// several transmissions share the number (Karn).
    pub fn answered(&self, seq: u8, pace: &mut Pace) -> bool {
        let mut times = self.0.iter().filter(|(sent, _)| *sent == seq).map(|(_, time)| *time);
        match (times.next(), times.next()) {
            (Some(time), None) => {
                pace.answered(time);
                true
            }
            (found, _) => found.is_some(),
        }
    }
}

/// The clock of one request: how often it has been sent and how long to wait now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tries {
    /// Transmissions so far.
    sent: u32,
    left: u32,
    /// Time left, where that ends the tries instead of their number.
    paced: Option<Duration>,
    wait: Duration,
    longest: Duration,
    backoff: Duration,
}

impl Tries {
    /// The clock of a request that begins now. Only one that is `repeatable` is ever paced.
    pub fn new(schedule: Schedule, pace: &Pace, repeatable: bool) -> Self {
        let interval = pace.interval().filter(|time| schedule.paced && repeatable && *time < schedule.timeout);
        Tries {
            sent: 0,
            left: schedule.tries,
            paced: interval.map(|_| schedule.total()),
            wait: interval.unwrap_or(schedule.timeout),
            longest: schedule.longest(),
            backoff: schedule.backoff,
        }
    }

    /// Whether it has been sent more than once.
    pub fn is_repeated(&self) -> bool {
        self.sent > 1
    }

    /// The wait after the next transmission; none when all tries are used up.
    pub fn next(&mut self) -> Option<Duration> {
        self.sent = self.sent.saturating_add(1);
        match &mut self.paced {
            Some(left) => {
                // A last wait shorter than the others would be a transmission for nothing.
                let wait = if *left < self.wait * 2 { *left } else { self.wait };
                *left = left.checked_sub(wait).filter(|_| !wait.is_zero())?;
                self.wait = (self.wait + self.wait / 2).min(self.longest);
                Some(wait)
            }
            None => {
                self.left = self.left.checked_sub(1)?;
                let wait = self.wait;
                self.wait = self.wait.saturating_add(self.backoff);
                Some(wait)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const PLUS: Schedule = Schedule { tries: 4, timeout: SECOND, backoff: SECOND, paced: true };
    const FIFTEEN: Schedule =
        Schedule { tries: 4, timeout: Duration::from_secs(2), backoff: Duration::ZERO, paced: true };

    fn pace(round_trip: u64) -> Pace {
        let mut pace = Pace::default();
        pace.measured(Duration::from_millis(round_trip));
        pace
    }

    fn waits(mut tries: Tries) -> Vec<Duration> {
        std::iter::from_fn(|| tries.next()).collect()
    }

    fn millis(tries: Tries) -> Vec<u128> {
        waits(tries).iter().map(Duration::as_millis).collect()
    }

    #[test]
    fn the_total_is_the_schedules() {
        for schedule in [PLUS, FIFTEEN, Schedule { tries: 1, ..PLUS }, Schedule { tries: 7, ..FIFTEEN }] {
            for round_trip in [0, 1, 20, 62, 63, 100, 249, 250, 400, 499, 500, 5000] {
                let tries = Tries::new(schedule, &pace(round_trip), true);
                let waits: Vec<Duration> = waits(tries);
                assert_eq!(waits.iter().sum::<Duration>(), schedule.total(), "{round_trip}: {waits:?}");
                let least = Duration::from_millis(250).max(Duration::from_millis(4 * round_trip.min(250)));
                assert!(waits.iter().all(|wait| *wait >= least), "{round_trip}: {waits:?}");
                assert!(waits.len() >= schedule.tries as usize, "{round_trip}: {waits:?}");
            }
        }
    }

    #[test]
    fn only_what_may_be_is_paced() {
        let own = vec![1000, 2000, 3000, 4000];
        assert_eq!(millis(Tries::new(PLUS, &pace(20), false)), own);
        assert_eq!(millis(Tries::new(PLUS, &Pace::default(), true)), own);
        assert_eq!(millis(Tries::new(Schedule { paced: false, ..PLUS }, &pace(20), true)), own);
        assert_eq!(millis(Tries::new(PLUS, &pace(20), true)), [250, 375, 562, 843, 1265, 1898, 4804]);
        assert_eq!(millis(Tries::new(Schedule { tries: 1, ..PLUS }, &pace(20), true)), [250, 375, 375]);
        assert_eq!(millis(Tries::new(Schedule { tries: 0, ..PLUS }, &pace(20), false)), Vec::<u128>::new());
    }

    #[test]
    fn answers_measure_where_they_tell_which_transmission_they_are_to() {
        let at = |millis| Duration::from_millis(millis);
        let (mut pace, mut numbers) = (Pace::default(), Numbers::new());
        numbers.sent(1, &pace);
        pace.set_now(at(1000));
        numbers.sent(2, &pace);
        pace.set_now(at(1400));
        assert!(!numbers.answered(3, &mut pace) && pace.interval().is_none());
        assert!(numbers.answered(2, &mut pace));
        assert_eq!(pace.interval(), Some(at(1600)));
        let (mut pace, mut numbers) = (Pace::default(), Numbers::new());
        numbers.sent(1, &pace);
        pace.set_now(at(1000));
        numbers.sent(1, &pace);
        assert!(numbers.answered(1, &mut pace) && pace.interval().is_none());
    }
}
