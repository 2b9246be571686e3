//! One run of one program against a fresh simulated BMC.

use crate::format::Case;
use ipmitool::ipmi::Request;
use ipmitool::sim::{Profile, SimulatedBmc, socket};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The program under test.
pub struct Program {
    path: PathBuf,
    ours: bool,
    patience: Duration,
}

impl Program {
    pub fn ours(path: &str) -> Self {
        Program { path: path.into(), ours: true, patience: PATIENCE }
    }

    pub fn reference() -> Self {
        Program { path: "/usr/bin/ipmitool".into(), ours: false, patience: PATIENCE }
    }

    /// The same program, given up after another time.
    pub fn patient(self, patience: Duration) -> Self {
        Program { patience, ..self }
    }

    pub fn exists(&self) -> bool {
        self.path.exists()
    }

    pub fn is_ours(&self) -> bool {
        self.ours
    }
}

/// What a run did.
pub struct Ran {
    /// `0`, `1`, ..., or `signal N`.
    pub status: String,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// `netfn/cmd[.lun] data`, in order.
    pub requests: Vec<String>,
    pub files: Vec<(String, Vec<u8>)>,
}

/// Longer than the slowest recorded case needs on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the simulated clock stands, unless the profile says otherwise: 2023-11-14 22:13:20 UTC.
const NOW: u32 = 1_700_000_000;

pub fn run(root: &Path, program: &Program, case: &Case, malloc_perturb: Option<&str>) -> Result<Ran, String> {
    let folder = Folder::new().map_err(|error| format!("no folder: {error}"))?;
    for (name, content) in &case.files {
        std::fs::write(folder.0.join(name), content).map_err(|error| format!("{name}: {error}"))?;
    }
    let mut profile: Profile = match &case.profile {
        None => Profile::default(),
        Some(name) => {
            let path = root.join("profiles").join(name).with_extension("json");
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            Profile::parse(&text).map_err(|error| format!("{name}: {error}"))?
        }
    };
    profile.clock.get_or_insert(NOW);
    for rule in &case.faults {
        profile.faults.add(rule).map_err(|error| error.to_string())?;
    }
    let socket_path = folder.0.join("bmc");
    let bmc = Arc::new(Mutex::new(SimulatedBmc::new(profile)));
    let server = Server::start(&socket_path, Arc::clone(&bmc)).map_err(|error| format!("no socket: {error}"))?;

    let mut command = Command::new(&program.path);
    command.arg0("ipmitool").current_dir(&folder.0).env_clear();
    command.env("PATH", "/usr/bin:/bin").env("HOME", &folder.0).env("TZ", "UTC").env("LC_ALL", "C");
    command.env("IPMI_DUMMY_SOCK", &socket_path);
    if let Some(byte) = malloc_perturb {
        command.env("MALLOC_PERTURB_", byte);
    }
    if let Some(name) = &case.locale {
        command.env("LC_ALL", format!("{name}.UTF-8")).env("LOCPATH", locale(name)?);
    }
    command.envs(case.env.iter().map(|(name, value)| (name, value)));
    if !case.bare {
        command.args(["-I", "dummy"]);
    }
    command.args(case.words.iter().map(|word| OsStr::from_bytes(word)));
    // A session of its own: secrets are asked for at the terminal wherever there is one.
    // SAFETY: between fork and exec only one system call is made.
    unsafe {
        command.pre_exec(|| nix::unistd::setsid().map(drop).map_err(std::io::Error::from));
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("cannot start: {error}"))?;
    let mut stdin = child.stdin.take();
    let input = case.stdin.clone();
    let feeding = std::thread::spawn(move || stdin.as_mut().map(|pipe| pipe.write_all(&input)));
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let status = wait(&mut child, program.patience)?;
    let (stdout, stderr) = (stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default());
    drop(feeding.join());
    server.stop();
    let requests = bmc.lock().map_err(|_| "the simulated BMC panicked")?.requests().iter().map(describe).collect();
    let files = case
        .outputs
        .iter()
        .map(|name| (name.clone(), std::fs::read(folder.0.join(name)).unwrap_or_else(|_| b"(none)".to_vec())))
        .collect();
    Ok(Ran { status, stdout, stderr, requests, files })
}

/// Whether locales can be built from their definitions here.
pub fn can_build_locales() -> bool {
    Path::new("/usr/share/i18n/locales/de_DE").exists()
}

/// The folder that holds a locale, built on first use.
fn locale(name: &str) -> Result<PathBuf, String> {
    static BUILDING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = BUILDING.lock().map_err(|_| "a locale could not be built")?;
    let folder = std::env::temp_dir().join("ipmitool-locales");
    let finished = folder.join(format!("{name}.UTF-8"));
    if !finished.exists() {
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let building = folder.join(format!("{name}.{}", std::process::id()));
        let mut localedef = Command::new("localedef");
        localedef.args(["-i", name, "-f", "UTF-8"]).arg(&building).stdout(Stdio::null()).stderr(Stdio::null());
        let status = localedef.status().map_err(|error| format!("localedef (package locales): {error}"))?;
        if !status.success() {
            return Err(format!("localedef cannot build {name} (package locales)"));
        }
        // Another process may have been faster; either of the two will do.
        drop(std::fs::rename(&building, &finished));
    }
    Ok(folder)
}

fn describe(request: &Request) -> String {
    let lun = if request.lun == 0 { String::new() } else { format!(".{}", request.lun) };
    let data: String = request.data.iter().map(|byte| format!(" {byte:02x}")).collect();
    format!("{:02x}/{:02x}{lun}{data}", request.netfn.0, request.cmd)
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            drop(pipe.read_to_end(&mut bytes));
        }
        bytes
    })
}

fn wait(child: &mut Child, patience: Duration) -> Result<String, String> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(500);
    while start.elapsed() < patience {
        match child.try_wait() {
            Ok(Some(status)) => {
                let code = status.code().map(|code| code.to_string());
                return Ok(code.unwrap_or_else(|| format!("signal {}", status.signal().unwrap_or(0))));
            }
            Ok(None) => std::thread::sleep(pause),
            Err(error) => return Err(error.to_string()),
        }
        pause = (pause * 2).min(Duration::from_millis(10));
    }
    drop(child.kill());
    drop(child.wait());
    Err(format!("still running after {} s", patience.as_secs()))
}

/// A folder of its own for every run, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("golden-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// The simulated BMC behind a socket, until stopped.
struct Server {
    path: PathBuf,
    stopping: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<()>,
}

impl Server {
    fn start(path: &Path, bmc: Arc<Mutex<SimulatedBmc>>) -> std::io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        let stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopping);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let mut stream: UnixStream = stream;
                drop(socket::serve(&mut stream, &bmc));
            }
        });
        Ok(Server { path: path.to_owned(), stopping, thread })
    }

    fn stop(self) {
        self.stopping.store(true, Ordering::Relaxed);
        drop(UnixStream::connect(&self.path));
        drop(self.thread.join());
    }
}
