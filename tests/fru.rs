//! FRU inventories on the simulated BMC: what is read can be written, and what is written is shown.

use ipmitool::bmc::Bmc;
use ipmitool::cmd;
use ipmitool::family::{Context, Memory, Settings, Status};
use ipmitool::ipmi::Route;
use ipmitool::out::{Format, Output};
use ipmitool::sim::{Profile, SimulatedBmc};
use ipmitool::transport::sim::SimTransport;
use std::path::PathBuf;

/// One machine and what asks it.
struct Machine {
    context: Context,
    folder: PathBuf,
}

impl Machine {
    fn new(name: &str) -> Self {
        Machine::of(name, Profile::default())
    }

    fn of(name: &str, profile: Profile) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let bmc = Bmc::new(Box::new(SimTransport::new(SimulatedBmc::new(profile))), Route::direct());
        Machine {
            context: Context {
                bmc,
                out: Output::memory(Format::Text),
                settings: Settings::default(),
                memory: Memory::default(),
            },
            folder,
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().expect("a plain path").to_owned()
    }

    /// How a command ends.
    async fn status(&mut self, words: &[&str]) -> Status {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        cmd::dispatch(&mut self.context, &words).await
    }

    /// What a command prints.
    async fn run(&mut self, words: &[&str]) -> String {
        self.context.out = Output::memory(Format::Text);
        self.context.out.set_verbose(1);
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        cmd::dispatch(&mut self.context, &words).await;
        String::from_utf8_lossy(&self.context.out.captured().stdout).into_owned()
    }
}

/// Devices that hold an image: by bytes, by words, without a sound header, with every record.
const DEVICES: [&str; 7] = ["0", "1", "2", "3", "4", "5", "8"];

#[tokio::test]
async fn writing_what_was_read_changes_nothing() {
    let mut machine = Machine::new("round-trip");
    for id in DEVICES {
        let (first, second) = (machine.path("first"), machine.path("second"));
        let shown = machine.run(&["fru", "print", id]).await;
        machine.run(&["fru", "read", id, &first]).await;
        machine.run(&["fru", "write", id, &first]).await;
        machine.run(&["fru", "read", id, &second]).await;
        let read = |path: &str| std::fs::read(path).expect("an image");
        assert!(!read(&first).is_empty(), "{id}");
        assert_eq!(read(&first), read(&second), "{id}");
        assert_eq!(shown, machine.run(&["fru", "print", id]).await, "{id}");
    }
}

#[tokio::test]
async fn one_image_can_be_moved_to_another_device() {
    let mut machine = Machine::new("moved");
    let file = machine.path("image");
    machine.run(&["fru", "read", "1", &file]).await;
    machine.run(&["fru", "write", "0", &file]).await;
    assert_eq!(machine.run(&["fru", "print", "0"]).await, machine.run(&["fru", "print", "1"]).await);
}

#[tokio::test]
async fn fields_that_are_edited_are_shown() {
    let mut machine = Machine::new("edited");
    for (area, index, text, label) in [
        ("c", "0", "CH-2U-0043", " Chassis Part Number   : "),
        ("b", "1", "A board of another name", " Board Product         : "),
        ("p", "4", "SN1", " Product Serial        : "),
    ] {
        machine.run(&["fru", "edit", "0", "field", area, index, text]).await;
        let shown = machine.run(&["fru", "print", "0"]).await;
        assert!(shown.contains(&format!("{label}{text}\n")), "{shown}");
        // Everything else is still there, the records too.
        assert!(shown.contains(" Product Extra         : deadbeef\n"), "{shown}");
        assert!(shown.contains("  OEM (Intel Corporation) Record\n"), "{shown}");
    }
}

#[tokio::test]
async fn what_is_verified_is_checked_and_kept_aside() {
    let mut machine = Machine::new("verified");
    machine.context.settings.verify = true;
    let (old, new) = (machine.path("old"), machine.path("new"));
    let read = |path: &str| std::fs::read(path).expect("an image");
    machine.run(&["fru", "read", "1", &old]).await;
    machine.run(&["fru", "read", "4", &new]).await;
    let status = machine.status(&["fru", "write", "1", &new]).await;
    assert_eq!((status, read(&format!("{new}.bak"))), (Status::OK, read(&old)));
    // An image that is none changes nothing.
    let mut bytes = read(&old);
    bytes[7] ^= 1;
    std::fs::write(&old, bytes).expect("a file");
    let shown = machine.run(&["fru", "print", "1"]).await;
    assert_eq!(machine.status(&["fru", "write", "1", &old]).await, Status::FAILED);
    assert_eq!(machine.run(&["fru", "print", "1"]).await, shown);
    assert_eq!(machine.status(&["fru", "edit", "1", "field", "b", "0", "words"]).await, Status(1));
}

#[tokio::test]
async fn a_device_that_forgets_is_found_out() {
    // The old image, the header before writing, and then what has been written.
    let profile = r#"{"faults": ["0a/11#3:set=7=02"], "fru": ["01000000000000ff"]}"#;
    let mut machine = Machine::of("forgetful", Profile::parse(profile).expect("a profile"));
    machine.context.settings.verify = true;
    let file = machine.path("image");
    std::fs::write(&file, [1, 0, 0, 0, 0, 0, 1, 0xfe]).expect("a file");
    assert_eq!(machine.status(&["fru", "write", "0", &file]).await, Status::FAILED);
    let said = String::from_utf8_lossy(&machine.context.out.captured().stderr).into_owned();
    assert_eq!(said, "The FRU differs from what was written from byte 6 on.\n");
    assert_eq!(machine.status(&["fru", "write", "0", &file]).await, Status::OK);
}

#[tokio::test]
async fn the_internal_use_area_is_written_and_read() {
    let mut machine = Machine::new("internal");
    let (first, second) = (machine.path("first"), machine.path("second"));
    std::fs::write(&first, b"twenty-four bytes of it!").expect("a file");
    machine.run(&["fru", "internaluse", "8", "write", &first]).await;
    machine.run(&["fru", "internaluse", "8", "read", &second]).await;
    assert_eq!(std::fs::read(&second).expect("a file"), b"twenty-four bytes of it!");
}
