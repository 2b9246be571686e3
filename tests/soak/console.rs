//! Consoles in the middle of other sessions' commands: what is typed arrives once and in order, what the
//! host prints is whole, and whichever way a console ends, the session and the console are free again.

use ipmitool::bmc::{Bmc, CallError, Console, ConsoleConfig, ConsoleEvent, ConsoleNotice};
use ipmitool::ipmi::app::GetDeviceId;
use ipmitool::ipmi::lan::DeactivateSol;
use ipmitool::ipmi::sol::ActivateSol;
use ipmitool::ipmi::{Command, Route};
use ipmitool::out::{Format, Output};
use ipmitool::transport;
use ipmitool::transport::udp::LanOptions;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// What the host behind the serial port says when it waits.
const LOGIN: &[u8] = b"server login: ";
const PASSWORD: &[u8] = b"Password: ";
const PROMPT: &[u8] = b"root@server:~# ";
/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(90);
const SOL: DeactivateSol = DeactivateSol { instance: 1 };

/// Why a console broke off. None of it is a wrong answer, but nothing but loss of packets excuses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The BMC did not activate it.
    Refused,
    /// Typed text was not acknowledged.
    Lost,
    /// Somebody else has taken it.
    Closed,
    /// The BMC says that it has given up repeating itself.
    Overrun,
    /// Not everything came in time: what was being done.
    Slow(&'static str),
}

/// How much has gone through.
#[derive(Debug, Default)]
pub struct Figures {
    /// Consoles that were opened.
    pub opened: AtomicU64,
    /// Characters that came back, each of them looked at.
    pub echoed: AtomicU64,
    /// Characters that the host printed unasked.
    pub printed: AtomicU64,
    /// Consoles that were dropped in the middle of it, taken away by another session, or left behind.
    pub interrupted: AtomicU64,
    pub taken: AtomicU64,
    pub left: AtomicU64,
}

struct Talk<'a> {
    console: Box<dyn Console + 'a>,
    shown: Vec<u8>,
    phase: &'static str,
    limit: Instant,
    answered: bool,
}

/// Bytes of every value, the same every time.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// What `flood` prints.
pub fn flood(lines: u64) -> Vec<u8> {
    let lines = (1..=lines).map(|line| format!("{line:06} The quick brown fox jumps over the lazy dog.\r\n"));
    lines.collect::<String>().into()
}

/// That two texts are the same, or where they differ.
pub fn same(shown: &[u8], expected: &[u8], what: &str) {
    let place = shown.iter().zip(expected).position(|(shown, expected)| shown != expected);
    if place.is_some() || shown.len() != expected.len() {
        let place = place.unwrap_or(shown.len().min(expected.len()));
        let around = |text: &[u8]| {
            let piece = &text[place.saturating_sub(40).min(text.len())..(place + 80).min(text.len())];
            String::from_utf8_lossy(piece).into_owned()
        };
        panic!("{what}: from {place} on {:?} instead of {:?}", around(shown), around(expected));
    }
}

impl Talk<'_> {
    async fn step(&mut self) -> Result<(), Broken> {
        let event =
            tokio::time::timeout_at(self.limit, self.console.event()).await.map_err(|_| Broken::Slow(self.phase))?;
        match event.map_err(|_| Broken::Lost)? {
            ConsoleEvent::Text(text) => self.shown.extend(text),
            ConsoleEvent::Notice(ConsoleNotice::Lost) => return Err(Broken::Lost),
            ConsoleEvent::Notice(ConsoleNotice::Closed) => return Err(Broken::Closed),
            ConsoleEvent::Notice(ConsoleNotice::Overrun) => return Err(Broken::Overrun),
            ConsoleEvent::Notice(_) | ConsoleEvent::Accepted => {}
            ConsoleEvent::Reply(_) | ConsoleEvent::NoReply => self.answered = true,
        }
        Ok(())
    }

    async fn take(&mut self, count: usize) -> Result<Vec<u8>, Broken> {
        while self.shown.len() < count {
            self.step().await?;
        }
        let rest = self.shown.split_off(count);
        Ok(std::mem::replace(&mut self.shown, rest))
    }

    /// Looks at what is shown next, byte by byte.
    async fn expect(&mut self, text: &[u8], what: &str) -> Result<(), Broken> {
        let shown = self.take(text.len()).await?;
        same(&shown, text, what);
        Ok(())
    }

    /// Waits for a text, whatever comes before it.
    async fn wait_for(&mut self, text: &[u8]) -> Result<(), Broken> {
        loop {
            if let Some(place) = self.shown.windows(text.len()).position(|window| window == text) {
                self.shown.drain(..place + text.len());
                return Ok(());
            }
            self.step().await?;
        }
    }

    /// Gets to the shell's prompt, wherever the last console has left the host.
    async fn log_in(&mut self, mark: &str) -> Result<(), Broken> {
        self.console.send_break();
        self.console.typed(b"\r");
        loop {
            self.step().await?;
            if self.shown.ends_with(PROMPT) {
                break;
            }
            if self.shown.ends_with(LOGIN) {
                self.shown.clear();
                self.console.typed(b"root\r");
            } else if self.shown.ends_with(PASSWORD) {
                self.shown.clear();
                self.console.typed(b"secret\r");
            }
        }
        self.console.typed(format!("echo {mark}\r").as_bytes());
        self.wait_for(&[b"\r\n", mark.as_bytes(), b"\r\n", PROMPT].concat()).await
    }

    /// Every byte comes back as it was typed, once.
    async fn echo(&mut self, text: &[u8], what: &str) -> Result<(), Broken> {
        self.console.typed(b"raw\r");
        self.expect(b"raw\r\nraw\r\n", what).await?;
        // In pieces, as a terminal brings them.
        for piece in text.chunks(500) {
            self.console.typed(piece);
        }
        self.expect(text, what).await?;
        while !self.console.is_idle() {
            self.step().await?;
        }
        self.console.send_break();
        self.expect(&[b"\r\n[break]\r\n", PROMPT].concat(), what).await
    }

    /// What the host prints is whole; a request goes beside it, and a line that is typed meanwhile is next.
    async fn print(&mut self, lines: u64, what: &str) -> Result<(), Broken> {
        self.console.typed(format!("flood {lines}\r").as_bytes());
        self.console.typed(b"echo after the flood\r");
        self.console.request(&GetDeviceId.request());
        self.answered = false;
        let after: [&[u8]; 4] = [PROMPT, b"echo after the flood\r\n", b"after the flood\r\n", PROMPT];
        let all = [format!("flood {lines}\r\n").into_bytes(), flood(lines), after.concat()].concat();
        self.expect(&all, what).await?;
        while !self.answered {
            self.step().await?;
        }
        Ok(())
    }
}

/// Activates the console; whoever has left one behind loses it.
async fn activate(bmc: &Bmc) -> Result<u16, Broken> {
    for _ in 0..4 {
        match bmc.call(&ActivateSol { instance: 1, options: 0xc6 }).await {
            Ok(activation) => return Ok(activation.inbound),
            Err(CallError::Refused(_) | CallError::Transport(_)) => drop(bmc.call(&SOL).await),
            Err(CallError::Decode(error)) => panic!("the activation has {} bytes", error.length),
        }
    }
    Err(Broken::Refused)
}

/// One console in a session that is open. `lossy` tells how much is worth sending; `options` open another
/// session at the same BMC.
pub async fn talk(bmc: &Bmc, options: &LanOptions, number: u64, lossy: bool, figures: &Figures) -> Result<(), Broken> {
    let config = ConsoleConfig { inbound: activate(bmc).await?, none_is_all: false, last_seq: 0 };
    let console = bmc.transport().console(config).await.ok_or(Broken::Refused)?;
    figures.opened.fetch_add(1, Ordering::Relaxed);
    let mut talk =
        Talk { console, shown: Vec::new(), phase: "log in", limit: Instant::now() + PATIENCE, answered: false };
    let outcome = converse(&mut talk, options, number, lossy, figures).await;
    // Whatever is still under way stays unread: the session is to go on all the same.
    drop(talk);
    if !matches!(outcome, Ok(Ending::Left)) {
        drop(bmc.call(&SOL).await);
    }
    let alive = bmc.call(&GetDeviceId).await;
    assert!(lossy || alive.is_ok(), "console {number}: the session does not go on: {alive:?}");
    outcome.map(|_| ())
}

/// How a console ended.
enum Ending {
    Done,
    Left,
}

async fn converse(
    talk: &mut Talk<'_>,
    options: &LanOptions,
    number: u64,
    lossy: bool,
    figures: &Figures,
) -> Result<Ending, Broken> {
    let what = format!("console {number}");
    talk.log_in(&format!("mark-{number}")).await?;
    talk.phase = "echo";
    let text = noise(number, if lossy { 1500 } else { 6000 });
    talk.echo(&text, &what).await?;
    figures.echoed.fetch_add(text.len() as u64, Ordering::Relaxed);
    talk.phase = "print";
    let lines = if lossy { 40 } else { 400 };
    talk.print(lines, &what).await?;
    figures.printed.fetch_add(flood(lines).len() as u64, Ordering::Relaxed);
    talk.phase = "end";
    match number / 4 % 4 {
        0 => {
            talk.console.typed(b"exit\r");
            talk.expect(&[b"exit\r\n\r\n", LOGIN].concat(), &what).await?;
        }
        1 if !lossy => {
            let out = Output::memory(Format::Text);
            let opened = transport::lanplus::open(options, Arc::new(out)).await.map_err(|_| Broken::Refused)?;
            let other = Bmc::new(opened, Route::direct());
            let freed = other.call(&SOL).await;
            other.close().await;
            freed.map_err(|_| Broken::Refused)?;
            while talk.step().await != Err(Broken::Closed) {
                assert!(Instant::now() < talk.limit, "{what}: nobody says that it is taken away");
            }
            figures.taken.fetch_add(1, Ordering::Relaxed);
        }
        2 => {
            talk.console.typed(b"exit\r");
            figures.left.fetch_add(1, Ordering::Relaxed);
            return Ok(Ending::Left);
        }
        _ => {
            talk.console.typed(b"flood 3000\r");
            talk.console.typed(&noise(number, 5000));
            let end = Instant::now() + Duration::from_millis(100);
            while tokio::time::timeout_at(end, talk.step()).await.is_ok_and(|step| step.is_ok()) {}
            figures.interrupted.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(Ending::Done)
}
