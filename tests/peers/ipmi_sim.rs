//! `ipmi_sim`, a BMC of the OpenIPMI project, as a peer.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The simulator, stopped when the test is over, however it is.
pub struct IpmiSim(Child);

impl Drop for IpmiSim {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Whether it is not installed.
pub fn is_missing() -> bool {
    Command::new("ipmi_sim").arg("--help").output().is_err()
}

/// Starts it with a configuration a controller that has an event log, and a satellite.
pub fn start(folder: &Path, config: &str) -> IpmiSim {
    fs::create_dir_all(folder.join("state")).expect("a folder");
    fs::write(folder.join("lan.conf"), config).expect("a file");
    let commands = "mc_setbmc 0x20\n\
                    mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr\n\
                    sel_enable 0x20 1000 0x0a\n\
                    mc_enable 0x20\n\
                    mc_add 0x30 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr\n\
                    mc_enable 0x30\n";
    fs::write(folder.join("cmd.emu"), commands).expect("a file");
    let child = Command::new("ipmi_sim")
        .args(["-n", "-c", "lan.conf", "-f", "cmd.emu", "-s", "state"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("ipmi_sim starts");
    IpmiSim(child)
}
