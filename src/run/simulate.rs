//! `ipmitool simulate`: serves the simulated BMC to other programs until interrupted.
//!
//! The word is ours, and so are its options: clap's own messages show here, and only here. It is
//! recognised as the first argument only, so that it never changes what the reference's options mean.

use super::process;
use crate::sim::socket::{self, Shutdown};
use crate::sim::{Profile, ProfileError, SimulatedBmc, udp};
use clap::{ArgGroup, Parser};
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use tokio::net::UdpSocket;
use tokio::signal::unix::{SignalKind, signal};

/// The word.
pub const WORD: &str = "simulate";
/// Whom `--user` and `--password` change: the administrator.
const ADMINISTRATOR: u8 = 2;

/// Serve the simulated BMC until interrupted
#[derive(Parser)]
#[command(name = "simulate", bin_name = "ipmitool simulate", no_binary_name = true)]
#[command(group(ArgGroup::new("face").required(true).multiple(true).args(["listen", "socket"])))]
struct Arguments {
    /// Serve IPMI 1.5 and RMCP+ on this UDP port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Serve the dummy interface on this unix socket
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Name of the administrator [default: admin]
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Password of the administrator [default: admin]
    #[arg(long, value_name = "PASSWORD", conflicts_with = "password_file")]
    password: Option<String>,
    /// File whose first line is the password
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The machine to simulate (JSON), instead of the default server
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
}

/// Why nothing is served, or not any more.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}: {1}")]
    Profile(PathBuf, ProfileError),
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    #[error("the {0} is longer than {1} bytes")]
    TooLong(&'static str, usize),
    #[error("cannot listen on {0}: {1}")]
    Listen(String, io::Error),
    #[error("{0}")]
    System(#[from] io::Error),
}

/// Runs the words after `simulate`.
pub fn main(words: &[OsString]) -> ExitCode {
    process::scrub_values(words, "--password", 2);
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help is an answer, anything else a refusal; a closed stream is nobody's concern.
            drop(error.print());
            return ExitCode::from(u8::from(error.use_stderr()));
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(serve(&arguments))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// The machine the arguments describe.
fn machine(arguments: &Arguments) -> Result<SimulatedBmc, Failure> {
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| Failure::File(path.to_owned(), error));
    let profile = match &arguments.profile {
        Some(path) => Profile::parse(&read(path)?).map_err(|error| Failure::Profile(path.clone(), error))?,
        None => Profile::default(),
    };
    let mut bmc = SimulatedBmc::new(profile);
    let password = match &arguments.password_file {
        Some(path) => Some(read(path)?.lines().next().unwrap_or_default().to_owned()),
        None => arguments.password.clone(),
    };
    if let Some(administrator) = bmc.state().users.get_mut(ADMINISTRATOR) {
        if let Some(name) = &arguments.user {
            administrator.name = padded("user's name", name)?;
        }
        if let Some(password) = &password {
            administrator.password = padded("password", password)?;
            administrator.long_password = password.len() > 16;
        }
    }
    Ok(bmc)
}

fn padded<const N: usize>(what: &'static str, text: &str) -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    bytes.get_mut(..text.len()).ok_or(Failure::TooLong(what, N))?.copy_from_slice(text.as_bytes());
    Ok(bytes)
}

/// Serves every face that was asked for; each says where it is on a line of stdout.
async fn serve(arguments: &Arguments) -> Result<(), Failure> {
    let bmc = Arc::new(Mutex::new(machine(arguments)?));
    let mut signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()]
        .into_iter()
        .map(signal)
        .collect::<io::Result<Vec<_>>>()?;
    let ended = std::future::poll_fn(move |context| {
        let came = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
        if came { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    });

    let udp = match arguments.listen {
        Some(address) => {
            let unusable = |error| Failure::Listen(address.to_string(), error);
            let socket = UdpSocket::bind(address).await.map_err(unusable)?;
            println!("Serving IPMI 1.5 and RMCP+ on {}", socket.local_addr().map_err(unusable)?);
            Some(socket)
        }
        None => None,
    };
    let shutdown = Arc::new(Shutdown::default());
    let mut local = None;
    if let Some(path) = arguments.socket.clone() {
        let (bmc, shutdown) = (Arc::clone(&bmc), Arc::clone(&shutdown));
        println!("Serving the dummy interface on {}", path.display());
        local = Some(tokio::task::spawn_blocking(move || {
            socket::listen(&path, &bmc, &shutdown).map_err(|error| Failure::Listen(path.display().to_string(), error))
        }));
    }
    let over = async {
        match &mut local {
            // The face ends by itself only when it cannot go on.
            Some(task) => tokio::select! {
                () = ended => Ok(()),
                outcome = task => outcome.unwrap_or_else(|error| Err(Failure::System(error.into()))),
            },
            None => {
                ended.await;
                Ok(())
            }
        }
    };
    let outcome = match udp {
        Some(socket) => {
            let (say, said) = tokio::sync::oneshot::channel();
            let over = async {
                // The receiver is there as long as this runs.
                let _ = say.send(over.await);
            };
            udp::serve(socket, bmc, over).await?;
            said.await.unwrap_or(Ok(()))
        }
        None => over.await,
    };
    shutdown.request();
    if let Some(task) = local
        && outcome.is_ok()
    {
        task.await.map_err(io::Error::from)??;
    }
    outcome
}
