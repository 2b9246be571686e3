//! `tsol`: the serial console of Tyan's boards, which is their own. The BMC sends what the system prints
//! to a UDP port here, and takes keys in requests (network function 30h).
//!
//! What the BMC sends is neither numbered nor acknowledged: a packet that is lost is lost. Keys whose request
//! is not answered are not sent again under another number, because they may have been typed already.

use super::sol::escape::{self, Escapes, Key};
use super::sol::pulse::{Keepalive, Pulse, Reply};
use super::sol::reconnect::{self, Attempt, Ended, Kind, NO_KEEPALIVE, operational};
use super::sol::terminal::{Terminal, Transcript};
use super::tree::{self, Rest};
use crate::family::{Context, Family, Running, Status};
use crate::ipmi::{NetFn, Request};
use crate::out::terminal::{RawMode, WindowSize};
use crate::out::{completion_text, errno_text, text};
use clap::Subcommand;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::time::Duration;
use tokio::net::UdpSocket;

/// The `tsol` family. Its words are settings; help is the only leaf.
pub const TSOL: Family = Family {
    name: "tsol",
    summary: Some("Configure and connect with Tyan IPMIv1.5 Serial-over-LAN"),
    tree: || tree::bare::<Leaf>("tsol"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// List the settings
    Help(Rest),
}

/// Tyan's network function, and its commands.
const TYAN: NetFn = NetFn(0x30);
const STOP: u8 = 0x02;
const KEYS: u8 = 0x03;
const START: u8 = 0x06;
/// Keys that go into one request.
const MOST_KEYS: usize = 14;
/// Bytes of a packet before what the system printed.
const HEADER: usize = 4;
/// The UDP port here, unless chosen otherwise.
const PORT: i32 = 6230;
/// Time without keys after which the session is kept alive. Reference: more than thirty whole seconds.
const KEEPALIVE: Duration = Duration::from_secs(31);
/// The largest packet.
const PACKET: usize = 2048;
/// Keys that may wait for the BMC before nothing more is read: enough for an escape to be seen in time.
const BACKLOG: usize = 1 << 16;

/// What the words choose.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Choice {
    receiver: Option<String>,
    port: i32,
    rows: i32,
    columns: i32,
    read_only: bool,
    alternate: bool,
}

enum Words {
    Chosen(Choice),
    Help,
    Bad(String),
}

/// A number as `scanf` reads it: what follows it does not matter.
fn scan(word: &str) -> Option<(i32, &str)> {
    let word = word.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let length = word.len() - digits.len() + count;
    let number: i64 = word.get(..length).filter(|_| count > 0)?.parse().ok()?;
    // Reference: the number is cut to the width of an `int`.
    let [b0, b1, b2, b3, ..] = number.to_le_bytes();
    Some((i32::from_le_bytes([b0, b1, b2, b3]), word.get(length..)?))
}

/// The four numbers of an address, each cut to a byte.
fn scan_address(word: &str) -> Option<[u8; 4]> {
    let mut address = [0; 4];
    let mut rest = word;
    for (index, byte) in address.iter_mut().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix('.')?;
        }
        let (number, after) = scan(rest)?;
        (*byte, rest) = (number.to_le_bytes()[0], after);
    }
    Some(address)
}

fn parse(words: &[String]) -> Words {
    let mut choice = Choice { receiver: None, port: PORT, rows: 0, columns: 0, read_only: false, alternate: false };
    for word in words {
        let number = |prefix| word.strip_prefix(prefix).and_then(scan).map(|(number, _)| number);
        if scan_address(word).is_some() {
            choice.receiver = Some(word.clone());
        } else if let Some(port) = number("port=") {
            choice.port = port;
        } else if let Some(rows) = number("rows=") {
            choice.rows = rows;
        } else if let Some(columns) = number("cols=") {
            choice.columns = columns;
        } else {
            match word.as_str() {
                "ro" => choice.read_only = true,
                "rw" => choice.read_only = false,
                "altterm" => choice.alternate = true,
                "help" => return Words::Help,
                _ => return Words::Bad(word.clone()),
            }
        }
    }
    Words::Chosen(choice)
}

fn usage(context: &Context) {
    let size = WindowSize::of_stdout().unwrap_or_default();
    let out = &context.out;
    out.notice("Usage: tsol [recvip] [port=NUM] [ro|rw] [rows=NUM] [cols=NUM] [altterm]");
    out.notice("       recvip       Receiver IP Address             [default=local]");
    out.notice(&format!("       port=NUM     Receiver UDP Port               [default={PORT}]"));
    out.notice("       ro|rw        Set Read-Only or Read-Write     [default=rw]");
    out.notice(&format!("       rows=NUM     Set terminal rows               [default={}]", size.rows));
    out.notice(&format!("       cols=NUM     Set terminal columns            [default={}]", size.columns));
    out.notice("       altterm      Alternate terminal setup        [default=off]");
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        // Reference: even help is for this interface only.
        if context.bmc.interface() != "lan" {
            context.out.error("Error: Tyan SOL is only available over lan interface");
            return Status::FAILED;
        }
        match parse(words) {
            Words::Chosen(choice) => open(context, &choice).await.into(),
            Words::Help => {
                usage(context);
                Status::OK
            }
            Words::Bad(word) => {
                context.out.error(&format!("Invalid tsol command: '{word}'\n"));
                usage(context);
                Status::FAILED
            }
        }
    })
}

async fn open(context: &Context, choice: &Choice) -> Result<(), Status> {
    let out = &context.out;
    let fail = |message: String| {
        out.error(&message);
        Status::FAILED
    };
    let transcript = Transcript::open(context)?;
    let [low, high, ..] = choice.port.to_le_bytes();
    let port = u16::from_le_bytes([low, high]);
    let bound = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port)).await;
    let socket = bound.map_err(|_| fail("Failed to bind socket.".to_owned()))?;
    let (local, peer) = context.bmc.transport().addresses().unzip();
    let receiver = match (&choice.receiver, local) {
        (Some(receiver), _) => receiver.clone(),
        (None, Some(local)) => local.to_string(),
        (None, None) => return Err(fail("Unable to find local IP address".to_owned())),
    };
    let kind = if choice.read_only { "Read-only " } else { "" };
    out.println(&format!("[Starting {kind}SOL with receiving address {receiver}:{}]", choice.port));
    let _size = WindowSize::set_stdout(choice.rows, choice.columns);
    out.flush();
    let raw = RawMode::enter(choice.alternate)
        .map_err(|error| out.error(&format!("tcgetattr failed: {}", errno_text(&error))))
        .ok();
    let Some(address) = scan_address(&receiver) else {
        return Err(fail(format!("Invalid IP address: {receiver}")));
    };
    let mut tyan = Tyan { socket, peer, address, port, read_only: choice.read_only, keys: Vec::new(), seq: 0 };
    if let Err(status) = tyan.command(context, START).await {
        out.error("Error starting SOL");
        return Err(status);
    }
    let escape = context.settings.sol_escape;
    operational(context, escape);
    let terminal = Terminal::new(raw, Escapes::tyan(escape), transcript);
    let mut terminal = terminal.map_err(|error| fail(errno_text(&error)))?;
    let ended = reconnect::run(context, &mut tyan, &mut terminal).await;
    terminal.close().await;
    tyan.conclude(context, ended).await
}

/// Tyan's console.
struct Tyan {
    socket: UdpSocket,
    /// Where the BMC is; what others send is not shown.
    peer: Option<IpAddr>,
    /// Where it sends to.
    address: [u8; 4],
    port: u16,
    read_only: bool,
    /// Keys that have not been sent.
    keys: Vec<u8>,
    seq: u8,
}

/// A request under way, while the console goes on: whether it is answered.
type Asked<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

impl Kind for Tyan {
    async fn serve(&mut self, context: &Context, terminal: &mut Terminal) -> Ended {
        let ended = self.talk(context, terminal).await;
        // Nobody knows what they would mean to the next one.
        self.keys.clear();
        ended
    }

    async fn activate_again(&mut self, context: &Context) -> Attempt {
        match context.bmc.send(&self.switch(START)).await {
            Ok(reply) if reply.completion.is_ok() => Attempt::Active,
            Ok(_) => Attempt::Refused,
            Err(_) => Attempt::Silent,
        }
    }
}

impl Tyan {
    /// The request to start or to stop sending.
    fn switch(&self, cmd: u8) -> Request {
        Request::new(TYAN, cmd, [&self.address[..], &self.port.to_be_bytes()].concat())
    }

    /// Asks the BMC for it, or says why not.
    async fn command(&self, context: &Context, cmd: u8) -> Result<(), Status> {
        let why = match context.bmc.send(&self.switch(cmd)).await {
            Ok(reply) if reply.completion.is_ok() => return Ok(()),
            Ok(reply) => format!(": {}", completion_text(reply.completion.0)),
            Err(_) => String::new(),
        };
        context.out.error(&format!("Unable to perform TSOL command{why}"));
        Err(Status::FAILED)
    }

    /// What the end of the console leaves to be said and done.
    async fn conclude(&self, context: &Context, ended: Ended) -> Result<(), Status> {
        let transport = context.bmc.transport();
        match ended {
            Ended::Wanted | Ended::Unread | Ended::Lost | Ended::Closed => self.command(context, STOP).await,
            Ended::GivenUp => {
                transport.abandon();
                Ok(())
            }
            Ended::NoKeepalive => {
                context.out.error(NO_KEEPALIVE);
                // In case the BMC still hears what it does not answer; the session is given up with it.
                let _ = transport.post(&context.bmc.route(), &self.switch(STOP)).await;
                Err(Status::FAILED)
            }
        }
    }

    /// Serves the console until the user, the end of the input or a silent BMC ends it.
    async fn talk(&mut self, context: &Context, terminal: &mut Terminal) -> Ended {
        let mut pulse = Pulse::new(Keepalive::idle(context, KEEPALIVE));
        let mut asked: Option<Asked<'_>> = None;
        let mut buffer = vec![0; PACKET];
        let mut over = false;
        loop {
            if terminal.screen().is_broken() {
                return Ended::Unread;
            }
            // Keys wait while the BMC is silent: those it does not answer are lost.
            if asked.is_none() && !self.keys.is_empty() && !pulse.has_missed() {
                asked = Some(Box::pin(type_keys(context, self.keystrokes())));
            }
            // Who has asked for the end does not wait with them.
            let in_vain = pulse.has_missed() && terminal.is_open();
            if over && (in_vain || asked.is_none() && self.keys.is_empty()) {
                return Ended::Wanted;
            }
            let written = terminal.screen().changed();
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => {
                    if let Ok((length, from)) = received
                        && self.peer.is_none_or(|peer| peer == from.ip())
                    {
                        terminal.show(context, buffer.get(HEADER..length).unwrap_or_default());
                        pulse.lives();
                    }
                }
                keys = terminal.keys(), if !over && self.keys.len() < BACKLOG => {
                    for key in keys {
                        over |= !self.obey(context, terminal, key).await;
                    }
                    over |= !terminal.is_open();
                }
                () = tokio::time::sleep_until(pulse.due()), if asked.is_none() => {
                    asked = Some(Box::pin(ask_for_life(context)));
                }
                reply = outcome(&mut asked) => {
                    asked = None;
                    pulse.answered(reply);
                }
                () = written => {}
            }
            if pulse.has_stopped() {
                return Ended::NoKeepalive;
            }
        }
    }

    /// The request with the next keys.
    fn keystrokes(&mut self) -> Request {
        let count = self.keys.len().min(MOST_KEYS);
        let mut data = vec![u8::try_from(count + 1).unwrap_or(0)];
        data.extend(self.keys.drain(..count));
        data.push(self.seq);
        self.seq = self.seq.wrapping_add(1);
        Request::new(TYAN, KEYS, data)
    }

    /// Does what a key is for; false when it ends the console.
    async fn obey(&mut self, context: &Context, terminal: &mut Terminal, key: Key) -> bool {
        match key {
            Key::Text(text) if !self.read_only => self.keys.extend(text),
            Key::Text(_) | Key::Break => {}
            Key::Terminate => {
                terminal.say(b". [terminated ipmitool]\n");
                return false;
            }
            Key::Suspend { raw_again } => {
                terminal.say(if raw_again { b"^Z [suspend ipmitool]\n" } else { b"^X [suspend ipmitool]\n" });
                terminal.suspend(raw_again).await;
            }
            Key::Help => {
                terminal.say(b"? [ipmitool help]\n");
                context.out.notice(&text(&escape::tyan_help(terminal.escape())));
            }
        }
        true
    }
}

/// Waits for what has been asked.
async fn outcome(asked: &mut Option<Asked<'_>>) -> Reply {
    match asked {
        Some(asked) => asked.await,
        None => std::future::pending().await,
    }
}

/// Sends keys. Reference: what comes of it is told to those who ask for details.
async fn type_keys(context: &Context, request: Request) -> Reply {
    let (reply, why) = match context.bmc.send(&request).await {
        Ok(reply) if reply.completion.is_ok() => return Reply::Well,
        Ok(reply) => (Reply::Refused, format!(": {}", completion_text(reply.completion.0))),
        Err(_) => (Reply::None, String::new()),
    };
    if context.out.verbose() > 0 {
        context.out.error(&format!("Unable to send keystroke{why}"));
    }
    reply
}

async fn ask_for_life(context: &Context) -> Reply {
    if context.bmc.transport().keepalive().await.is_ok() { Reply::Well } else { Reply::None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let words = |line: &str| parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let Words::Chosen(choice) = words("192.0.2.300x port=7y rows=25 cols=-1 ro altterm") else {
            panic!("a choice")
        };
        let expected = Choice {
            receiver: Some("192.0.2.300x".to_owned()),
            port: 7,
            rows: 25,
            columns: -1,
            read_only: true,
            alternate: true,
        };
        assert_eq!(choice, expected);
        assert_eq!(scan_address("192.0.2.300x"), Some([192, 0, 2, 44]));
        assert_eq!([scan_address("1.2.3"), scan_address("1.2.3."), scan_address("a.2.3.4")], [None; 3]);
        assert!(matches!(words("ro rw help foo"), Words::Help));
        assert!(matches!(words("ro port= foo"), Words::Bad(word) if word == "port="));
    }
}
