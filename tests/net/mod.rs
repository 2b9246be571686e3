//! For tests over real sockets: a simulated BMC on a port of its own, and a relay before it that loses,
//! delays, doubles, reorders, repeats and damages datagrams. Loopback only.
//!
//! The relay's luck depends on its seed, on which console it is (the first, the second, ...), on the
//! direction and on the datagram's place in it, and on nothing else: a failure can be met again.

#![allow(dead_code, reason = "each test crate uses a part of it")]

use ipmitool::sim::{Profile, SimulatedBmc, udp};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::sync::oneshot;

/// The program the crate replaces.
pub const REFERENCE: &str = "/usr/bin/ipmitool";
/// Our program.
pub const OURS: &str = env!("CARGO_BIN_EXE_ipmitool");

/// Whether a peer is missing; with `PEERS` set that is a failure.
pub fn is_missing(peer: &str) -> bool {
    let missing = !Path::new(peer).exists();
    if missing {
        assert!(std::env::var_os("PEERS").is_none(), "{peer} is missing");
        eprintln!("NOT RUN: {peer} is missing");
    }
    missing
}

/// A thread with a runtime of its own, until dropped.
struct Background {
    shutdown: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Background {
    fn new<F: Future<Output = ()>>(work: impl FnOnce(oneshot::Receiver<()>) -> F + Send + 'static) -> Self {
        let (shutdown, wanted) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(work(wanted));
        });
        Background { shutdown: Some(shutdown), thread: Some(thread) }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(shutdown) = self.shutdown.take() {
            shutdown.send(()).ok();
        }
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn socket() -> std::net::UdpSocket {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.set_nonblocking(true).expect("a socket of its own mind");
    socket
}

fn port_of(socket: &std::net::UdpSocket) -> u16 {
    socket.local_addr().expect("an address").port()
}

/// A simulated BMC on a port of its own, until dropped.
pub struct Served {
    /// The port.
    pub port: u16,
    /// The BMC.
    pub bmc: Arc<Mutex<SimulatedBmc>>,
    _background: Background,
}

impl Served {
    /// A BMC of this profile (JSON), with slots for many sessions.
    pub fn new(profile: &str) -> Self {
        let mut profile = Profile::parse(profile).expect("a profile");
        profile.session_slots = profile.session_slots.or(Some(60));
        profile.clock = profile.clock.or(Some(1_700_000_000));
        let bmc = Arc::new(Mutex::new(SimulatedBmc::new(profile)));
        let socket = socket();
        let port = port_of(&socket);
        let shared = Arc::clone(&bmc);
        let background = Background::new(async move |wanted| {
            let socket = UdpSocket::from_std(socket).expect("a socket");
            udp::serve(socket, shared, async { drop(wanted.await) }).await.expect("no error");
        });
        Served { port, bmc, _background: background }
    }

    /// Sessions that are open.
    pub fn sessions(&self) -> usize {
        self.bmc.lock().expect("no panic").state().sessions.active().len()
    }

    /// How many requests of this kind have been carried out.
    pub fn count(&self, netfn: u8, cmd: u8) -> usize {
        let bmc = self.bmc.lock().expect("no panic");
        bmc.requests().iter().filter(|request| (request.netfn.0, request.cmd) == (netfn, cmd)).count()
    }

    /// How many requests there were so far.
    pub fn requests(&self) -> usize {
        self.bmc.lock().expect("no panic").requests().len()
    }
}

/// What goes wrong on the way, in each direction. Chances are in per cent, for each datagram by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// Where the random numbers begin.
    pub seed: u64,
    /// Chance that it is lost.
    pub drop: u64,
    /// Chance that it comes twice.
    pub double: u64,
    /// Chance that a byte of it changes.
    pub corrupt: u64,
    /// Chance that it is held back, so that others overtake it.
    pub reorder: u64,
    /// Chance that an earlier one comes again with it.
    pub stale: u64,
    /// How long every datagram is under way (milliseconds).
    pub delay: u64,
}

/// How long a datagram is held back that others are to overtake.
const HELD_BACK: Duration = Duration::from_millis(60);

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn happens(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

/// One direction of one console's traffic.
struct Direction {
    faults: Faults,
    chance: Chance,
    earlier: VecDeque<Vec<u8>>,
}

impl Direction {
    fn new(faults: Faults, console: u64, direction: u64) -> Self {
        let mut chance = Chance(faults.seed ^ console << 20 ^ direction << 60);
        chance.next();
        Direction { faults, chance, earlier: VecDeque::new() }
    }

    /// What becomes of a datagram: copies, and when each of them arrives.
    fn fate(&mut self, datagram: &[u8]) -> Vec<(Duration, Vec<u8>)> {
        let Faults { drop, double, corrupt, reorder, stale, delay, .. } = self.faults;
        let mut arriving = vec![datagram.to_vec()];
        let chance = &mut self.chance;
        // Every chance is drawn every time, so that one setting does not shift another's luck.
        let (lost, twice, again) = (chance.happens(drop), chance.happens(double), chance.happens(stale));
        let which = chance.next();
        if twice {
            arriving.push(datagram.to_vec());
        }
        if again && !self.earlier.is_empty() {
            arriving.push(self.earlier[which as usize % self.earlier.len()].clone());
        }
        if lost {
            arriving.remove(0);
        }
        if self.earlier.len() == 8 {
            self.earlier.pop_front();
        }
        self.earlier.push_back(datagram.to_vec());
        let mut fates = Vec::new();
        for mut copy in arriving {
            let (place, bits) = (chance.next() as usize, chance.next());
            if chance.happens(corrupt) && !copy.is_empty() {
                let place = place % copy.len();
                copy[place] ^= (bits & 0xff).max(1) as u8;
            }
            let late = if chance.happens(reorder) { HELD_BACK } else { Duration::ZERO };
            fates.push((Duration::from_millis(delay) + late, copy));
        }
        fates
    }
}

/// A relay before a BMC, until dropped.
pub struct Relay {
    /// The port consoles talk to.
    pub port: u16,
    /// Datagrams that consoles have sent.
    pub seen: Arc<AtomicU64>,
    _background: Background,
}

impl Relay {
    /// A relay to a port of this machine.
    pub fn new(target: u16, faults: Faults) -> Self {
        let front = socket();
        let port = port_of(&front);
        let seen = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&seen);
        let background = Background::new(async move |wanted| {
            let front = Arc::new(UdpSocket::from_std(front).expect("a socket"));
            tokio::select! {
                _ = wanted => {}
                () = relay(front, target, faults, counter) => {}
            }
        });
        Relay { port, seen, _background: background }
    }
}

async fn relay(front: Arc<UdpSocket>, target: u16, faults: Faults, seen: Arc<AtomicU64>) {
    let mut consoles: HashMap<SocketAddr, (Arc<UdpSocket>, Direction)> = HashMap::new();
    let mut order = VecDeque::new();
    let mut count = 0;
    let mut buffer = vec![0; 4096];
    loop {
        let Ok((length, console)) = front.recv_from(&mut buffer).await else { continue };
        seen.fetch_add(1, Ordering::Relaxed);
        if let Entry::Vacant(place) = consoles.entry(console) {
            let back = Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("a socket"));
            back.connect(("127.0.0.1", target)).await.expect("a peer");
            tokio::spawn(answers(Arc::clone(&back), Arc::clone(&front), console, Direction::new(faults, count, 1)));
            place.insert((back, Direction::new(faults, count, 0)));
            order.push_back(console);
            count += 1;
        }
        // Consoles that are long gone.
        if order.len() > 200
            && let Some(oldest) = order.pop_front()
        {
            consoles.remove(&oldest);
        }
        let (back, direction) = consoles.get_mut(&console).expect("it is there");
        for (after, datagram) in direction.fate(&buffer[..length]) {
            let back = Arc::clone(back);
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                back.send(&datagram).await.ok();
            });
        }
    }
}

async fn answers(back: Arc<UdpSocket>, front: Arc<UdpSocket>, console: SocketAddr, mut direction: Direction) {
    let mut buffer = vec![0; 4096];
    // A console that has heard nothing for so long is gone.
    while let Ok(received) = tokio::time::timeout(Duration::from_secs(60), back.recv(&mut buffer)).await {
        let Ok(length) = received else { continue };
        for (after, datagram) in direction.fate(&buffer[..length]) {
            let front = Arc::clone(&front);
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                front.send_to(&datagram, console).await.ok();
            });
        }
    }
}

/// What a run of a program brought.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Exit status; none after a signal.
    pub status: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
    /// How long it took.
    pub time: Duration,
}

/// A command line for a BMC on this port of this machine.
pub fn command(program: &str, port: u16, words: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["-H", "127.0.0.1", "-p", &port.to_string(), "-U", "admin", "-P", "admin"]);
    command.args(words.split(' ')).stdin(Stdio::null());
    command
}

/// Runs a command line against a port of this machine.
pub fn run(program: &str, port: u16, words: &str) -> Ran {
    let start = Instant::now();
    let Output { status, stdout, stderr } = command(program, port, words).output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { status: status.code(), stdout: text(stdout), stderr: text(stderr), time: start.elapsed() }
}

/// Runs jobs, several at once, and gives their results in order.
pub fn several<T: Send, R: Send>(jobs: Vec<T>, at_once: usize, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let queue = Mutex::new(jobs.into_iter().enumerate().collect::<VecDeque<_>>());
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let job = queue.lock().expect("no panic").pop_front();
                    let Some((index, job)) = job else { return };
                    let result = work(job);
                    results.lock().expect("no panic").push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no panic");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
