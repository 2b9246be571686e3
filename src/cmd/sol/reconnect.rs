//! A console of any kind from its activation to its end. One that is lost comes back by itself where the
//! user wants that (`--reconnect`), and is waited for until it is given up.

use super::terminal::Terminal;
use crate::family::Context;
use std::time::Duration;

/// Pause between attempts to get a lost console back.
const AGAIN: Duration = Duration::from_secs(2);

/// Why a console is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The user wanted it, or there is nothing more to type.
    Wanted,
    /// The user no longer waits for it to come back.
    GivenUp,
    /// Nobody reads stdout any more.
    Unread,
    /// Keepalives are not answered.
    NoKeepalive,
    /// What was typed is not acknowledged.
    Lost,
    /// The BMC said so.
    Closed,
}

impl Ended {
    /// Whether the console may come back by itself.
    pub fn may_come_back(self) -> bool {
        matches!(self, Ended::NoKeepalive | Ended::Lost | Ended::Closed)
    }
}

/// What is said of a BMC that gives no sign of life.
pub const NO_KEEPALIVE: &str = "Error: No response to keepalive - Terminating session";

/// A kind of console.
pub trait Kind: Send {
    /// Serves an active console until it is over.
    fn serve(&mut self, context: &Context, terminal: &mut Terminal) -> impl Future<Output = Ended> + Send;

    /// Tries to activate it again, in the session there is now. Nobody is told what comes of it.
    fn activate_again(&mut self, context: &Context) -> impl Future<Output = Attempt> + Send;
}

/// What has come of an attempt to get a console back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It is there.
    Active,
    /// It is not to be had now, but the session is good.
    Refused,
    /// What was in its way has been removed: the next attempt need not wait.
    Cleared,
    /// Nothing has come of it: the session is of no use any more.
    Silent,
}

/// Says that the console is open.
pub fn operational(context: &Context, escape: u8) {
    let escape = crate::out::text(&[escape]);
    context.out.println(&format!("[SOL Session operational.  Use {escape}? for help]"));
    context.out.flush();
}

/// Serves an active console until nobody wants it back.
pub async fn run(context: &Context, kind: &mut impl Kind, terminal: &mut Terminal) -> Ended {
    loop {
        let ended = kind.serve(context, terminal).await;
        if !context.settings.console.reconnect || !ended.may_come_back() {
            return ended;
        }
        context.out.notice("[SOL session lost.  Reconnecting.]");
        if !comes_back(context, kind, terminal, ended == Ended::Closed).await {
            return Ended::GivenUp;
        }
        operational(context, terminal.escape());
    }
}

/// Tries to get a lost console back until it is there, or nobody wants it any more.
async fn comes_back(context: &Context, kind: &mut impl Kind, terminal: &mut Terminal, session_lives: bool) -> bool {
    let attempts = attempts(context, kind, session_lives);
    tokio::pin!(attempts);
    loop {
        tokio::select! {
            () = &mut attempts => return true,
            wanted = terminal.is_wanted() => if !wanted { return false },
        }
    }
}

async fn attempts(context: &Context, kind: &mut impl Kind, mut session_lives: bool) {
    loop {
        if session_lives || context.bmc.transport().reopen().await.is_ok() {
            let attempt = kind.activate_again(context).await;
            if attempt == Attempt::Active {
                return;
            }
            session_lives = attempt != Attempt::Silent;
            if attempt == Attempt::Cleared {
                continue;
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}
