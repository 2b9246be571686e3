//! The terminal as a console uses it: every key as it is typed, every byte as it comes.
//!
//! Raw mode is left on every way out: when the guard is dropped, and by a panic before it is reported.
//! Keys are read and text is written by threads of their own, because a terminal may keep either
//! waiting for as long as it likes, and the session behind it must go on.

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigHandler, Signal, raise, signal};
use nix::sys::termios::{InputFlags, LocalFlags, OutputFlags, SetArg, SpecialCharacterIndices, Termios};
use nix::sys::termios::{tcgetattr, tcsetattr};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once, mpsc};
use tokio::sync::{Notify, mpsc as async_mpsc};

/// The terminal's settings before raw mode, while it is in force.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);
static HOOK: Once = Once::new();

/// Gives the terminal its settings back, if they were changed.
fn restore() {
    // Whoever panics may hold the lock: then the settings are changing just now, and nobody else's.
    if let Some(before) = BEFORE.try_lock().ok().and_then(|mut before| before.take()) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &before);
    }
}

/// Raw mode of the terminal on stdin, until dropped.
#[derive(Debug)]
pub struct RawMode {
    alternate: bool,
}

impl RawMode {
    /// Enters raw mode, or an alternative in which the terminal still processes what is shown.
    ///
    /// # Errors
    /// Stdin is no terminal, or will not change.
    pub fn enter(alternate: bool) -> io::Result<Self> {
        HOOK.call_once(|| {
            let report = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                restore();
                report(panic);
            }));
        });
        set_raw(alternate)?;
        Ok(RawMode { alternate })
    }

    /// Stops the process as job control does, with the terminal as it was before; afterwards raw mode is
    /// in force again, or not, as `again` says.
    ///
    /// # Errors
    /// The terminal will not change.
    pub fn suspend(&mut self, again: bool) -> io::Result<()> {
        restore();
        raise(Signal::SIGTSTP)?;
        if again { set_raw(self.alternate) } else { Ok(()) }
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        restore();
    }
}

fn set_raw(alternate: bool) -> io::Result<()> {
    let before = tcgetattr(io::stdin())?;
    let mut raw = before.clone();
    raw.input_flags.insert(InputFlags::IGNPAR);
    raw.input_flags.remove(InputFlags::ISTRIP | InputFlags::INLCR | InputFlags::IGNCR | InputFlags::ICRNL);
    raw.input_flags.remove(InputFlags::IXON | InputFlags::IXANY | InputFlags::IXOFF);
    raw.local_flags.remove(LocalFlags::ISIG | LocalFlags::ICANON | LocalFlags::IEXTEN);
    raw.local_flags.remove(LocalFlags::ECHO | LocalFlags::ECHOE | LocalFlags::ECHOK | LocalFlags::ECHONL);
    if alternate {
        raw.input_flags &= InputFlags::ISTRIP | InputFlags::IGNBRK;
        raw.local_flags = LocalFlags::empty();
    } else {
        raw.output_flags.remove(OutputFlags::OPOST);
    }
    raw.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
    raw.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
    // The way back is known before it is needed.
    if let Ok(mut saved) = BEFORE.lock() {
        saved.get_or_insert(before);
    }
    Ok(tcsetattr(io::stdin(), SetArg::TCSADRAIN, &raw)?)
}

/// tty_ioctl(4).
#[allow(missing_docs)]
mod request {
    nix::ioctl_read_bad!(get_window_size, libc::TIOCGWINSZ, libc::winsize);
    nix::ioctl_write_ptr_bad!(set_window_size, libc::TIOCSWINSZ, libc::winsize);
}

/// Rows and columns of a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WindowSize {
    /// Rows.
    pub rows: u16,
    /// Columns.
    pub columns: u16,
}

/// Puts the terminal's former size back when dropped.
#[derive(Debug)]
pub struct FormerSize(Option<libc::winsize>);

impl WindowSize {
    /// The size of the terminal on stdout, where there is one.
    pub fn of_stdout() -> Option<Self> {
        let size = read_size()?;
        Some(WindowSize { rows: size.ws_row, columns: size.ws_col })
    }

    /// Changes the size the terminal on stdout tells programs, unless a number is not positive.
    pub fn set_stdout(rows: i32, columns: i32) -> FormerSize {
        let (Ok(ws_row), Ok(ws_col)) = (u16::try_from(rows), u16::try_from(columns)) else { return FormerSize(None) };
        if ws_row == 0 || ws_col == 0 {
            return FormerSize(None);
        }
        let former = read_size();
        if former.is_some() {
            write_size(&libc::winsize { ws_row, ws_col, ws_xpixel: 0, ws_ypixel: 0 });
        }
        FormerSize(former)
    }
}

impl Drop for FormerSize {
    fn drop(&mut self) {
        if let Some(size) = self.0.filter(|size| size.ws_row > 0 && size.ws_col > 0) {
            write_size(&size);
        }
    }
}

fn read_size() -> Option<libc::winsize> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the request writes one `winsize`, which outlives the call.
    unsafe { request::get_window_size(io::stdout().as_raw_fd(), &mut size) }.ok().map(|_| size)
}

fn write_size(size: &libc::winsize) {
    // SAFETY: the request reads one `winsize`, which outlives the call.
    let _ = unsafe { request::set_window_size(io::stdout().as_raw_fd(), size) };
}

/// Bytes that are read at once.
const CHUNK: usize = 4096;
/// Chunks that may wait to be taken.
const CHUNKS: usize = 4;

/// Stdin, read as it comes, until dropped.
#[derive(Debug)]
pub struct Keyboard {
    keys: async_mpsc::Receiver<Vec<u8>>,
    /// Closing it ends the thread.
    _stop: OwnedFd,
}

impl Keyboard {
    /// Begins to read.
    ///
    /// # Errors
    /// The system has no pipe or thread left.
    pub fn new() -> io::Result<Self> {
        let (stopped, stop) = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?;
        let (sender, keys) = async_mpsc::channel(CHUNKS);
        std::thread::Builder::new().name("keyboard".to_owned()).spawn(move || read_keys(&stopped, &sender))?;
        Ok(Keyboard { keys, _stop: stop })
    }

    /// The next bytes; none at the end of input. Nothing is lost when this is cancelled.
    pub async fn read(&mut self) -> Option<Vec<u8>> {
        self.keys.recv().await
    }
}

fn read_keys(stopped: &OwnedFd, sender: &async_mpsc::Sender<Vec<u8>>) {
    let stdin = io::stdin();
    let mut buffer = vec![0; CHUNK];
    loop {
        let mut both = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN), PollFd::new(stopped.as_fd(), PollFlags::POLLIN)];
        match poll(&mut both, PollTimeout::NONE) {
            Err(nix::errno::Errno::EINTR) => continue,
            Err(_) => return,
            Ok(_) => {}
        }
        let [input, stop] = both.map(|fd| fd.revents().is_some_and(|events| !events.is_empty()));
        if stop {
            return;
        }
        if !input {
            continue;
        }
        match nix::unistd::read(&stdin, &mut buffer) {
            Err(nix::errno::Errno::EINTR | nix::errno::Errno::EAGAIN) => {}
            Ok(0) | Err(_) => return,
            Ok(length) => {
                let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                if sender.blocking_send(bytes).is_err() {
                    return;
                }
            }
        }
    }
}

#[derive(Debug, Default)]
struct Written {
    /// Bytes that wait to be written.
    pending: AtomicUsize,
    broken: AtomicBool,
    changed: Notify,
}

/// Stdout, written as fast as whoever reads it allows, until dropped.
#[derive(Debug)]
pub struct Screen {
    text: mpsc::Sender<Vec<u8>>,
    written: Arc<Written>,
    /// What a closed pipe did before.
    before: SigHandler,
}

impl Screen {
    /// Begins to write. A reader that goes away breaks the screen instead of ending the process, which
    /// has a session to close and a terminal to put right.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn new() -> io::Result<Self> {
        let before = set_sigpipe(SigHandler::SigIgn);
        let (text, chunks) = mpsc::channel();
        let written = Arc::new(Written::default());
        let shared = Arc::clone(&written);
        std::thread::Builder::new().name("screen".to_owned()).spawn(move || write_text(&chunks, &shared))?;
        Ok(Screen { text, written, before })
    }

    /// Writes some bytes, in time.
    pub fn write(&self, bytes: &[u8]) {
        self.written.pending.fetch_add(bytes.len(), Ordering::AcqRel);
        // The thread lives as long as the sender.
        drop(self.text.send(bytes.to_vec()));
    }

    /// Bytes that have not been written yet.
    pub fn pending(&self) -> usize {
        self.written.pending.load(Ordering::Acquire)
    }

    /// Whether nobody reads any more.
    pub fn is_broken(&self) -> bool {
        self.written.broken.load(Ordering::Acquire)
    }

    /// Waits until something has been written, or cannot be.
    pub fn changed(&self) -> impl Future<Output = ()> + Send + use<> {
        let written = Arc::clone(&self.written);
        async move { written.changed.notified().await }
    }

    /// Waits until everything has been written, or cannot be.
    pub async fn flush(&self) {
        while self.pending() > 0 && !self.is_broken() {
            self.changed().await;
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        set_sigpipe(self.before);
    }
}

/// Changes what a closed pipe does, and tells what it did before.
fn set_sigpipe(handler: SigHandler) -> SigHandler {
    // SAFETY: the dispositions are the system's own: no code of this process runs in a signal handler.
    unsafe { signal(Signal::SIGPIPE, handler) }.unwrap_or(SigHandler::SigDfl)
}

fn write_text(chunks: &mpsc::Receiver<Vec<u8>>, written: &Written) {
    while let Ok(chunk) = chunks.recv() {
        let mut rest = &chunk[..];
        while !rest.is_empty() && !written.broken.load(Ordering::Acquire) {
            match nix::unistd::write(io::stdout(), rest) {
                Ok(length) => rest = rest.get(length..).unwrap_or_default(),
                Err(nix::errno::Errno::EINTR) => {}
                Err(nix::errno::Errno::EAGAIN) => {
                    let mut stdout = [];
                    let _ = poll(&mut stdout, 10_u8);
                }
                Err(_) => written.broken.store(true, Ordering::Release),
            }
        }
        written.pending.fetch_sub(chunk.len(), Ordering::AcqRel);
        written.changed.notify_one();
    }
}
