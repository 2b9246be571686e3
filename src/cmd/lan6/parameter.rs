//! The parameters of `lan6`: their words, selectors and syntax.

use crate::cli::number;
use crate::family::{Context, Status};
use crate::out::Output;

/// How a parameter's bytes are to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What the controller can do.
    Support,
    /// Which addressing is enabled.
    Enables,
    /// A number of one byte.
    Number,
    /// The flow label.
    FlowLabel,
    /// How many addresses there may be, and where from.
    Status,
    /// Static addresses.
    StaticAddress,
    /// Dynamic addresses.
    DynamicAddress,
    /// Blocks of a DHCP unique identifier.
    Duid,
    /// Whether timing can be configured.
    TimingSupport,
    /// DHCPv6 timing.
    DhcpTiming,
    /// Which routers are used.
    RouterControl,
    /// Static routers 1 and 2, each in four parameters of its own.
    StaticRouter,
    /// Dynamic routers, in four parameters with sets.
    DynamicRouter,
    /// Neighbour discovery and SLAAC timing.
    NdTiming,
}

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its word.
    pub word: &'static str,
    /// Its selector, the first where it is several.
    pub selector: u8,
    /// How it is read.
    pub kind: Kind,
    /// Syntax of its values; none when it cannot be written.
    pub format: Option<&'static str>,
    /// The first set selector, where it has sets.
    pub first_set: Option<i32>,
    /// Whether it has blocks.
    pub blocks: bool,
}

const fn readable(word: &'static str, selector: u8, kind: Kind) -> Parameter {
    Parameter { word, selector, kind, format: None, first_set: None, blocks: false }
}

const fn writable(word: &'static str, selector: u8, kind: Kind, format: &'static str) -> Parameter {
    Parameter { format: Some(format), ..readable(word, selector, kind) }
}

impl Parameter {
    const fn in_sets(self, first: i32) -> Parameter {
        Parameter { first_set: Some(first), ..self }
    }

    const fn in_blocks(self) -> Parameter {
        Parameter { blocks: true, ..self.in_sets(0) }
    }

    /// Prints the parameter's syntax; nothing for one that cannot be written when `values` are wanted.
    pub fn print_syntax(&self, out: &Output, values: bool) {
        let format = match (values, self.format) {
            (false, _) => "",
            (true, Some(format)) => format,
            (true, None) => return,
        };
        let sets = if self.first_set.is_some() { " <set_sel>" } else { "" };
        let blocks = if self.blocks { " <block_sel>" } else { "" };
        out.println(&format!("    {}{sets}{blocks} {format}", self.word));
    }
}

/// Every parameter, in the order in which they are read.
pub static PARAMETERS: [Parameter; 21] = [
    readable("support", 50, Kind::Support),
    writable("enables", 51, Kind::Enables, "{ipv4|ipv6|both}"),
    writable("traffic_class", 52, Kind::Number, "<value>"),
    writable("static_hops", 53, Kind::Number, "<value>"),
    writable("flow_label", 54, Kind::FlowLabel, "<value>"),
    readable("status", 55, Kind::Status),
    writable("static_addr", 56, Kind::StaticAddress, "{enable|disable} <addr> <pfx_len>").in_sets(0),
    readable("static_duid_stg", 57, Kind::Number),
    writable("static_duid", 58, Kind::Duid, "<data>").in_blocks(),
    readable("dynamic_addr", 59, Kind::DynamicAddress).in_sets(0),
    readable("dynamic_duid_stg", 60, Kind::Number),
    // Reference: writable, against the specification.
    writable("dynamic_duid", 61, Kind::Duid, "<data>").in_blocks(),
    readable("dhcp6_cfg_sup", 62, Kind::TimingSupport),
    writable("dhcp6_cfg", 63, Kind::DhcpTiming, "<data> <data>").in_sets(0),
    writable("rtr_cfg", 64, Kind::RouterControl, "{static|dynamic|both}"),
    writable("static_rtr", 65, Kind::StaticRouter, "<addr> <macaddr> <prefix> <prefix_len>").in_sets(1),
    readable("num_dynamic_rtrs", 73, Kind::Number),
    readable("dynamic_rtr", 74, Kind::DynamicRouter).in_sets(0),
    readable("dynamic_hops", 78, Kind::Number),
    readable("ndslaac_cfg_sup", 79, Kind::TimingSupport),
    writable("ndslaac_cfg", 80, Kind::NdTiming, "<data>").in_sets(0),
];

/// What the words after the channel choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The parameter; none for all of them.
    pub parameter: Option<&'static Parameter>,
    /// The set; none for all of them.
    pub set: Option<i32>,
    /// The block; none for all of them.
    pub block: Option<i32>,
}

/// Reads a selection from the front of the words, and says how many it took. What is wrong with it
/// has been said when there is none.
pub fn select(context: &Context, words: &[String]) -> Result<(Selection, usize), Status> {
    let fail = |message: &str| {
        context.out.error(message);
        Status::FAILED
    };
    let all = Selection { parameter: None, set: None, block: None };
    let Some(word) = words.first() else { return Ok((all, 0)) };
    let parameter = PARAMETERS
        .iter()
        .find(|parameter| parameter.word.eq_ignore_ascii_case(word))
        .ok_or_else(|| fail("invalid parameter"))?;
    let mut selection = Selection {
        parameter: Some(parameter),
        set: parameter.first_set.is_none().then_some(0),
        block: (!parameter.blocks).then_some(0),
    };
    let (Some(first), Some(word)) = (parameter.first_set, words.get(1)) else { return Ok((selection, 1)) };
    let number = |word: &str, least: i32| number::parse_i32(word).ok().filter(|number| *number >= least);
    selection.set = Some(number(word, first).ok_or_else(|| fail("invalid set selector"))?);
    let (true, Some(word)) = (parameter.blocks, words.get(2)) else { return Ok((selection, 2)) };
    selection.block = Some(number(word, 0).ok_or_else(|| fail("invalid block selector"))?);
    Ok((selection, 3))
}
