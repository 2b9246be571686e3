//! `gendev`: EEPROMs behind generic device locator records, read to and written from files.

use super::sdr;
use super::tree::{self, Choice, Rest};
use super::{file, i2c};
use crate::family::{Context, Family, Running, Status};
use crate::ipmi::i2c::MasterWriteRead;
use crate::ipmi::sdr::{GenericLocator, SdrRecord};
use clap::Subcommand;
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::Duration;

/// The `gendev` family.
pub const GENDEV: Family = Family {
    name: "gendev",
    summary: Some("Read/Write Device associated with Generic Device locators sdr"),
    tree: || tree::bare::<Leaf>("gendev"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// List the generic device locators
    List(Rest),
    /// Read an EEPROM to a file
    Read(Rest),
    /// Write an EEPROM from a file
    Write(Rest),
    /// List the commands
    Help(Rest),
}

const USAGE: [&str; 4] = [
    "SDR Commands:  list read write",
    "                     list                     List All Generic Device Locators",
    "                     read <sdr name> <file>   Read to file eeprom specify by Generic Device Locators",
    "                     write <sdr name> <file>  Write from file eeprom specify by Generic Device Locators",
];

/// Most bytes of one transaction.
const MAX_CHUNK: u16 = 16;
/// Reference: it means five tries and counts two for each.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// The geometry of an EEPROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Eeprom {
    /// Bytes.
    size: u32,
    /// Bytes of one transaction.
    chunk: u8,
    /// Bytes of an address.
    address_length: usize,
}

impl Eeprom {
    /// The EEPROM of a device type (IPMI 2.0 table 43-12; C0h to C3h are nobody's).
    fn of(device_type: u8) -> Option<Self> {
        let (size, page, address_length): (u32, u16, usize) = match device_type {
            0x08 => (128, 8, 1),
            0x09 => (256, 8, 1),
            0x0a => (512, 8, 2),
            0x0b => (1024, 8, 2),
            0x0c | 0x0d => (2048, 256, 2),
            0x0e => (4096, 8, 2),
            0x0f => (8192, 32, 2),
            0xc0 => (16_384, 64, 2),
            // Reference: twenty bytes short of what the device has, and no whole number of transactions.
            0xc1 => (32_748, 64, 2),
            0xc2 => (65_536, 128, 2),
            0xc3 => (131_072, 128, 2),
            _ => return None,
        };
        let chunk = u8::try_from(page.min(MAX_CHUNK)).ok()?;
        Some(Eeprom { size, chunk, address_length })
    }

    fn percent(self, done: u32) -> u32 {
        done * 100 / self.size
    }
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let out = &context.out;
        let first = words.first().map_or("(null)", String::as_str);
        // Reference: it says what it has been told, on stderr, whatever it is.
        out.error(&format!("Rx gendev command: {first}"));
        match tree::choose::<Leaf>(words) {
            Choice::Missing | Choice::Chosen(Leaf::Help(_)) => {
                USAGE.iter().for_each(|line| out.error(line));
                Status::OK
            }
            Choice::Chosen(Leaf::List(_)) => {
                sdr::list(context, &["generic".to_owned()], "list", sdr::lasting_style(context)).await
            }
            Choice::Chosen(Leaf::Read(rest)) => device(context, "read", &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Write(rest)) => device(context, "write", &tree::rest(rest)).await,
            Choice::Unknown(word) => {
                out.error(&format!("Invalid gendev command: {word}"));
                Status::FAILED
            }
        }
    })
}

/// `gendev read` and `write`. Reference: once the device is found, nothing that goes wrong fails.
async fn device(context: &Context, verb: &str, words: &[String]) -> Status {
    let out = &context.out;
    let [name, path, ..] = words else {
        out.error(&format!("usage: gendev {verb} <gendev> <filename>"));
        return Status::OK;
    };
    out.error(&format!("Gendev {verb} sdr name : {name}"));
    out.println(&format!("Locating sensor record '{name}'..."));
    let Some(stored) = sdr::named(context, name).await else {
        out.error("Sensor data record not found!");
        return Status::FAILED;
    };
    let SdrRecord::Generic(locator) = &stored.record else {
        out.error("Target SDR is not a generic device locator");
        return Status::FAILED;
    };
    out.error(&format!("Gendev {verb} file name: {path}"));
    match Eeprom::of(locator.device_type) {
        None => out.error("The selected generic device is not an eeprom"),
        Some(eeprom) if verb == "read" => read(context, locator, eeprom, path).await,
        Some(eeprom) => write(context, locator, eeprom, path).await,
    }
    Status::OK
}

/// The way to a device: its bus, and its address as it moves.
struct Way {
    bus: u8,
    address: u8,
    step: u8,
    eeprom: Eeprom,
}

impl Way {
    fn to(locator: &GenericLocator, eeprom: Eeprom) -> Self {
        // Reference: the address moves by what is left over when the size is shared among the device's addresses,
        // on every transaction; mostly that is nothing.
        let share = (eeprom.size / (u32::from(locator.address_span) + 1)).max(1);
        let step = (eeprom.size % share * 2).to_le_bytes()[0];
        let bus = (locator.channel & 0x0f) << 4 | (locator.bus & 0x07) << 1 | 1;
        Way { bus, address: locator.slave_address, step, eeprom }
    }

    /// One transaction at an offset, tried again after a while when it fails.
    async fn exchange(&mut self, context: &Context, offset: u32, read: u8, content: &[u8]) -> Option<Vec<u8>> {
        // Reference: the address of a byte goes out with its low byte first.
        let mut write = offset.to_le_bytes()[..self.eeprom.address_length].to_vec();
        write.extend(content);
        for _ in 0..TRIES {
            self.address = self.address.wrapping_add(self.step);
            let command = MasterWriteRead { bus: self.bus, address: self.address, read, write: write.clone() };
            let answer = i2c::attempt(context, command).await;
            if answer.is_some() {
                return answer;
            }
            context.out.error("Retry");
            tokio::time::sleep(PAUSE).await;
        }
        None
    }
}

/// How far a transfer has come, on stdout.
struct Progress<'a> {
    context: &'a Context,
    eeprom: Eeprom,
    shown: Option<u32>,
    percent: u32,
}

impl<'a> Progress<'a> {
    fn new(context: &'a Context, eeprom: Eeprom) -> Self {
        Progress { context, eeprom, shown: None, percent: 0 }
    }

    fn at(&mut self, offset: u32) {
        self.percent = self.eeprom.percent(offset);
        if self.shown != Some(self.percent) {
            self.context.out.print(&format!("\r{} percent completed", self.percent));
            self.shown = Some(self.percent);
        }
    }

    /// Reference: a device whose size is no whole number of transactions never counts as complete.
    fn end(&self, offset: u32) {
        let line = if offset == self.eeprom.size {
            "\r%100 percent completed".to_owned()
        } else {
            format!("\rError: {} percent completed, read not completed ", self.percent)
        };
        self.context.out.println(&line);
    }
}

async fn read(context: &Context, locator: &GenericLocator, eeprom: Eeprom, path: &str) {
    let Some(mut file) = file::create(context, path) else { return };
    let mut way = Way::to(locator, eeprom);
    let mut progress = Progress::new(context, eeprom);
    let mut offset = 0;
    while offset < eeprom.size {
        let answer = way.exchange(context, offset, eeprom.chunk, &[]).await;
        let Some(mut data) = answer else {
            offset += u32::from(eeprom.chunk);
            break;
        };
        data.resize(usize::from(eeprom.chunk), 0);
        if file.write_all(&data).is_err() {
            context.out.error(&format!("Error writing file {path}"));
            break;
        }
        progress.at(offset);
        offset += u32::from(eeprom.chunk);
    }
    progress.end(offset);
}

async fn write(context: &Context, locator: &GenericLocator, eeprom: Eeprom, path: &str) {
    let out = &context.out;
    let Some(mut file) = file::open(&context.out, path) else { return };
    let length = file.seek(SeekFrom::End(0)).unwrap_or(0);
    // Reference: shown as a signed number of 32 bits.
    out.error(&format!("File   Size: {}", length as i32));
    out.error(&format!("Eeprom Size: {}", eeprom.size));
    if length as u32 != eeprom.size || file.seek(SeekFrom::Start(0)).is_err() {
        out.error("File size does not fit Eeprom Size");
        return;
    }
    let mut way = Way::to(locator, eeprom);
    let mut progress = Progress::new(context, eeprom);
    let mut offset = 0;
    while offset < eeprom.size {
        let mut content = vec![0; usize::from(eeprom.chunk)];
        if file.read_exact(&mut content).is_err() {
            out.error(&format!("Error reading file {path}"));
            break;
        }
        let answer = way.exchange(context, offset, 0, &content).await;
        if answer.is_some() {
            progress.at(offset);
        }
        offset += u32::from(eeprom.chunk);
        if answer.is_none() {
            break;
        }
    }
    progress.end(offset);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices() {
        assert_eq!(Eeprom::of(0x09), Some(Eeprom { size: 256, chunk: 8, address_length: 1 }));
        assert_eq!(Eeprom::of(0xc3).map(|eeprom| (eeprom.chunk, eeprom.percent(131_056))), Some((16, 99)));
        assert_eq!(Eeprom::of(0x10), None);
    }

    #[test]
    fn the_address_moves_by_what_is_left_over() {
        let mut locator = GenericLocator {
            access_address: 0x20,
            slave_address: 0xa0,
            bus: 3,
            lun: 0,
            channel: 1,
            address_span: 2,
            device_type: 0x09,
            modifier: 0,
            entity: crate::ipmi::sdr::Entity { id: 0, instance: 0, logical: false },
            oem: 0,
            id: crate::ipmi::sdr::IdString::default(),
        };
        let eeprom = Eeprom::of(0x09).expect("an EEPROM");
        let way = Way::to(&locator, eeprom);
        assert_eq!((way.bus, way.step), (0x17, 2));
        locator.address_span = 0xff;
        assert_eq!(Way::to(&locator, eeprom).step, 0);
        let small = Eeprom::of(0x08).expect("an EEPROM");
        assert_eq!(Way::to(&locator, small).step, 0);
    }
}
