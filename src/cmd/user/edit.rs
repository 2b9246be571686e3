//! Changes to users: names, passwords, enabling, privilege limits; and the test of a password.

use super::super::arguments::{self, THIS_CHANNEL};
use super::USAGE;
use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Status, because, eval_failure};
use crate::ipmi::CompletionCode;
use crate::ipmi::user::{PasswordOperation, SetUserAccess, SetUserName, SetUserPassword};
use crate::out::{ask_secret, bytes_of, until_nul};

/// The longest password of IPMI 1.5.
const SHORT: usize = 16;
/// The longest password of IPMI 2.0.
const LONG: usize = 20;

/// `user set name|password`.
pub async fn set(context: &Context, words: &[String]) -> Status {
    match words {
        [what, user, rest @ ..] if what == "password" => password(context, user, rest).await,
        [what, user, name] if what == "name" => set_name(context, user, name).await,
        _ => context.misused(&USAGE),
    }
}

async fn set_name(context: &Context, user: &str, word: &str) -> Status {
    let Some(user) = arguments::user(context, user) else { return Status::FAILED };
    let bytes = bytes_of(word);
    let mut name = [0; 16];
    let Some(room) = name.get_mut(..bytes.len()) else {
        context.out.error("Username is too long (> 16 bytes)");
        return Status::FAILED;
    };
    room.copy_from_slice(&bytes);
    match context.bmc.call(&SetUserName { user, name }).await {
        Ok(()) => Status::OK,
        Err(error) => {
            let why = because(&error);
            context.out.error(&format!("Set User Name command failed (user {user}, name {word}){why}"));
            Status::FAILED
        }
    }
}

/// Asks for a user's password; there may be nobody to ask.
fn ask(context: &Context, user: u8) -> Option<Vec<u8>> {
    let secret = ask_secret(&format!("Password for user {user}: ")).ok();
    let secret = secret.map(|secret| until_nul(&secret).to_vec());
    if secret.is_none() {
        context.out.error("ipmitool: malloc failure");
    }
    secret
}

async fn password(context: &Context, user: &str, words: &[String]) -> Status {
    let Some(user) = arguments::user(context, user) else { return Status::FAILED };
    let password = if let Some(word) = words.first() {
        bytes_of(word).into_owned()
    } else {
        // Reference: of two answers that differ, the second is taken without a word.
        let (Some(_), Some(second)) = (ask(context, user), ask(context, user)) else { return Status::FAILED };
        second
    };
    let length = match words.get(1) {
        None if password.len() > SHORT => LONG,
        None => SHORT,
        Some(word) => match number::parse_u8(word).map(usize::from) {
            Ok(length) if length == SHORT || length == LONG => length,
            _ => {
                context.out.error(&format!("Invalid password length '{word}'"));
                return Status::FAILED;
            }
        },
    };
    if password.len() > length {
        context.out.error(&format!("Password is too long (> {length} bytes)"));
        return Status::FAILED;
    }
    let operation = PasswordOperation::Set;
    let request = SetUserPassword { user, operation, password: &password, twenty_bytes: length == LONG };
    match context.bmc.call(&request).await {
        Ok(()) => {
            context.out.println(&format!("Set User Password command successful (user {user})"));
            Status::OK
        }
        Err(error) => {
            eval_failure(context, &error);
            context.out.error(&format!("Set User Password command failed (user {user})"));
            Status::FAILED
        }
    }
}

/// `user enable`, `user disable`.
pub async fn enable(context: &Context, words: &[String], enable: bool) -> Status {
    let [user] = words else { return context.misused(&USAGE) };
    let Some(user) = arguments::user(context, user) else { return Status::FAILED };
    let operation = if enable { PasswordOperation::Enable } else { PasswordOperation::Disable };
    let request = SetUserPassword { user, operation, password: &[], twenty_bytes: false };
    let error = match context.bmc.call(&request).await {
        Ok(()) => return Status::OK,
        // Reference: no answer at all is taken for a completion code.
        Err(CallError::Transport(_)) => CallError::Refused(CompletionCode(0xff)),
        Err(error) => error,
    };
    eval_failure(context, &error);
    context.out.error(&format!("Set User Password command failed (user {user})"));
    Status::FAILED
}

/// `user priv`.
pub async fn privilege(context: &Context, words: &[String]) -> Status {
    let (user, limit, channel) = match words {
        [user, limit] => (user, limit, None),
        [user, limit, channel] => (user, limit, Some(channel)),
        _ => return context.misused(&USAGE),
    };
    let channel = match channel.map(|word| arguments::channel(context, word)) {
        None => THIS_CHANNEL,
        Some(Some(channel)) => channel,
        Some(None) => return Status::FAILED,
    };
    let Some(privilege) = arguments::privilege(context, limit) else { return Status::FAILED };
    let Some(user) = arguments::user(context, user) else { return Status::FAILED };
    match context.bmc.call(&SetUserAccess { channel, user, privilege, grants: None }).await {
        Ok(()) => {
            context.out.println(&format!("Set Privilege Level command successful (user {user})"));
            Status::OK
        }
        Err(error) => {
            eval_failure(context, &error);
            context.out.error(&format!("Set Privilege Level command failed (user {user})"));
            Status::FAILED
        }
    }
}

/// `user test`.
pub async fn test(context: &Context, words: &[String]) -> Status {
    let (user, word, given) = match words {
        [user, length] => (user, length, None),
        [user, length, password] => (user, length, Some(password)),
        _ => return context.misused(&USAGE),
    };
    let Some(user) = arguments::user(context, user) else { return Status::FAILED };
    let length = number::parse_i32(word).ok().filter(|length| matches!(length, 16 | 20));
    let Some(length) = length else {
        context.out.error(&format!("Given password length '{word}' is invalid."));
        context.out.error("Expected value is either 16 or 20.");
        return Status::FAILED;
    };
    let password = match given {
        Some(word) => bytes_of(word).into_owned(),
        None => match ask(context, user) {
            Some(password) => password,
            None => return Status::FAILED,
        },
    };
    let operation = PasswordOperation::Test;
    let request = SetUserPassword { user, operation, password: &password, twenty_bytes: length == 20 };
    let (text, status) = match context.bmc.call(&request).await {
        Ok(()) => ("Success", Status::OK),
        Err(CallError::Refused(CompletionCode(0x80))) => ("Failure: password incorrect", Status::FAILED),
        Err(CallError::Refused(CompletionCode(0x81))) => ("Failure: wrong password size", Status::FAILED),
        Err(_) => ("Unknown error", Status::FAILED),
    };
    context.out.println(text);
    status
}
