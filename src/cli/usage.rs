//! The help that `-h`, option errors and the command table print.

use std::fmt::Write;

/// The version of the reference whose behaviour this is; `-V` prints it.
pub const VERSION: &str = "1.8.19";

/// One way to reach a BMC, as the interface table lists it.
#[derive(Clone, Copy, Debug)]
pub struct Interface {
    /// What `-I` takes.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
}

/// The interfaces the reference lists, in its order; the first is the default.
pub const INTERFACES: &[Interface] = &[
    Interface { name: "open", description: "Linux OpenIPMI Interface" },
    Interface { name: "imb", description: "Intel IMB Interface" },
    Interface { name: "lan", description: "IPMI v1.5 LAN Interface" },
    Interface { name: "lanplus", description: "IPMI v2.0 RMCP+ LAN Interface" },
    Interface { name: "free", description: "FreeIPMI IPMI Interface" },
    Interface { name: "serial-terminal", description: "Serial Interface, Terminal Mode" },
    Interface { name: "serial-basic", description: "Serial Interface, Basic Mode" },
    Interface { name: "dummy", description: "Linux DummyIPMI Interface" },
    Interface { name: "usb", description: "IPMI USB Interface(OEM Interface for AMI Devices)" },
];

/// One row of the command table.
#[derive(Clone, Copy, Debug)]
pub struct CommandLine {
    /// The first word of the command.
    pub name: &'static str,
    /// What it is for.
    pub summary: &'static str,
}

const OPTIONS: &str = "       -h             This help
       -V             Show version information
       -v             Verbose (can use multiple times)
       -c             Display output in comma separated format
       -d N           Specify a /dev/ipmiN device to use (default=0)
       -I intf        Interface to use
       -H hostname    Remote host name for LAN interface
       -p port        Remote RMCP port [default=623]
       -U username    Remote session username
       -f file        Read remote session password from file
       -z size        Change Size of Communication Channel (OEM)
       -S sdr         Use local file for remote SDR cache
       -D tty:b[:s]   Specify the serial device, baud rate to use
                      and, optionally, specify that interface is the system one
       -4             Use only IPv4
       -6             Use only IPv6
       -a             Prompt for remote password
       -Y             Prompt for the Kg key for IPMIv2 authentication
       -e char        Set SOL escape character
       -C ciphersuite Cipher suite to be used by lanplus interface
       -k key         Use Kg key for IPMIv2 authentication
       -y hex_key     Use hexadecimal-encoded Kg key for IPMIv2 authentication
       -L level       Remote session privilege level [default=ADMINISTRATOR]
                      Append a '+' to use name/privilege lookup in RAKP1
       -A authtype    Force use of auth type NONE, PASSWORD, MD2, MD5 or OEM
       -P password    Remote session password
       -E             Read password from IPMI_PASSWORD environment variable
       -K             Read kgkey from IPMI_KGKEY environment variable
       -m address     Set local IPMB address
       -b channel     Set destination channel for bridged request
       -t address     Bridge request to remote target address
       -B channel     Set transit channel for bridged request (dual bridge)
       -T address     Set transit address for bridge request (dual bridge)
       -l lun         Set destination lun for raw commands
       -o oemtype     Setup for OEM (use 'list' to see available OEM types)
       -O seloem      Use file for OEM SEL event descriptions
       -N seconds     Specify timeout for lan [default=2] / lanplus [default=1] interface
       -R retry       Set the number of retries for lan/lanplus interface [default=4]
       -Z             Display all dates in UTC
";

/// The whole usage, for `-h` and after an option error. Its last newline is the logger's.
pub fn usage(program: &str, commands: &[CommandLine]) -> String {
    let mut text =
        format!("{program} version {VERSION}\n\nusage: {program} [options...] <command>\n\n{OPTIONS}\nInterfaces:\n");
    for (index, interface) in INTERFACES.iter().enumerate() {
        let mark = if index == 0 { "[default]" } else { "" };
        let _ = writeln!(text, "\t{:<12}  {} {mark}", interface.name, interface.description);
    }
    text.push('\n');
    text.push_str(&command_table(commands));
    text
}

/// The command table, as `help` and an unknown command print it.
pub fn command_table(commands: &[CommandLine]) -> String {
    let mut text = String::from("Commands:\n");
    for command in commands {
        let _ = writeln!(text, "\t{:<12}  {}", command.name, command.summary);
    }
    text.push('\n');
    text
}

/// What `-o list` prints.
pub fn oem_list() -> String {
    let mut text = String::from("\nOEM Support:\n");
    for oem in super::OemType::ALL {
        let _ = writeln!(text, "\t{:<12} {}", oem.name(), oem.description());
    }
    text.push('\n');
    text
}

/// Our own help (`--help`): what the reference has, and what stands beside it.
pub fn help(program: &str, commands: &[CommandLine]) -> String {
    format!(
        "{}Beyond the original (long options, which it rejects):
       --json         Show results as one JSON document on stdout, errors as JSON on stderr
       --table        Show rows (sensors, SDRs, SEL, users, ...) as an aligned table
       --deadline S   End the whole run, name resolution included, within S seconds (exit status 124)
       --secure       Refuse what is weak: suites without encryption, -A NONE, IPMI 1.5, secrets in
                      arguments or in files that anybody may read
       --verify       Check what is written to a FRU: FILE before, and what the FRU holds after;
                      fru write keeps the old image in FILE.bak
       --reconnect    Bring a lost console (sol activate, isol activate, tsol) back by itself
       --log FILE     Keep a transcript of the console in FILE, for its owner alone
       --help         This help
       --version      Show the version of this implementation
       -I sim         A simulated BMC in this process; -D FILE chooses a profile
       simulate       As the first word: serves the simulated BMC to others (simulate --help)

",
        usage(program, commands)
    )
}
