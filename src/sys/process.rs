//! The process itself: its signals, and its arguments as other processes see them.

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether whoever started the process has it ignore closed pipes, as systemd does.
static SIGPIPE_IGNORED: AtomicBool = AtomicBool::new(false);

/// Looks before Rust's runtime does, which ignores the signal whatever it found.
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK_FIRST: extern "C" fn() = {
    extern "C" fn look() {
        SIGPIPE_IGNORED.store(is_ignored(libc::SIGPIPE), Ordering::Relaxed);
    }
    look
};

/// Whether a signal is ignored.
pub fn is_ignored(signal: i32) -> bool {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: without a new action the call only writes the current one into `action`, which has room for it.
    let known = unsafe { libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) } == 0;
    // SAFETY: the call succeeded, so `action` is initialised.
    known && unsafe { action.assume_init() }.sa_sigaction == libc::SIG_IGN
}

/// Lets a closed pipe end the process quietly, as it ends a C program, unless it was started to ignore that.
pub fn inherit_sigpipe() {
    if !SIGPIPE_IGNORED.load(Ordering::Relaxed) {
        // SAFETY: `SIG_DFL` is a valid disposition, and nothing in this process relies on the previous one.
        unsafe {
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        }
    }
}

/// Lets an interrupt end the process with the status 255, until somebody else takes it over.
pub fn exit_on_interrupt() {
    extern "C" fn exit(_: libc::c_int) {
        // SAFETY: the call may be made in a signal handler; nothing is left to be written yet.
        unsafe { libc::_exit(255) }
    }
    let handler = exit as extern "C" fn(libc::c_int);
    // SAFETY: the handler makes one call, which is allowed there.
    unsafe {
        libc::signal(libc::SIGINT, handler as libc::sighandler_t);
    }
}

/// Takes back [`exit_on_interrupt`], for somebody who would otherwise call that handler as well.
pub fn default_interrupt() {
    // SAFETY: `SIG_DFL` is a valid disposition, and the previous one is not needed any more.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
    }
}

/// Runs `work`, which may take the interrupt signal over, and then gives the signal back to whoever had it.
pub fn keeping_interrupts<T>(work: impl FnOnce() -> T) -> T {
    let mut before = std::mem::MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: without a new action the call only writes the current one into `before`, which has room for it.
    let known = unsafe { libc::sigaction(libc::SIGINT, std::ptr::null(), before.as_mut_ptr()) } == 0;
    let outcome = work();
    if known {
        // SAFETY: the call succeeded, so `before` is initialised, and it is an action that was in force.
        unsafe {
            libc::sigaction(libc::SIGINT, before.as_ptr(), std::ptr::null_mut());
        }
    }
    outcome
}

/// Overwrites the end of one argument, from byte `offset` on, with `X`: what `ps` shows of it.
/// Argument 0 is the program's name. Where the system does not say where the arguments are, nothing happens.
pub fn scrub_argument(argument: usize, offset: usize) {
    let _ = try_scrub(argument, offset);
}

fn try_scrub(argument: usize, offset: usize) -> Option<()> {
    // proc(5): fields 48 and 49 of stat, counted after the parenthesised name, are the bounds of the
    // argument area. Writing goes through /proc/self/mem, which checks them against the mappings.
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let (start, end): (u64, u64) = (fields.get(45)?.parse().ok()?, fields.get(46)?.parse().ok()?);
    let length = end.checked_sub(start).filter(|length| (1..1 << 24).contains(length))?;
    let mut memory = std::fs::OpenOptions::new().read(true).write(true).open("/proc/self/mem").ok()?;
    memory.seek(SeekFrom::Start(start)).ok()?;
    let mut area = vec![0; usize::try_from(length).ok()?];
    memory.read_exact(&mut area).ok()?;
    let mut begin = 0;
    for _ in 0..argument {
        begin += area.get(begin..)?.iter().position(|byte| *byte == 0)? + 1;
    }
    let length = area.get(begin..)?.iter().position(|byte| *byte == 0)?;
    let hidden = vec![b'X'; length.checked_sub(offset)?];
    memory.seek(SeekFrom::Start(start + u64::try_from(begin + offset).ok()?)).ok()?;
    memory.write_all(&hidden).ok()
}
