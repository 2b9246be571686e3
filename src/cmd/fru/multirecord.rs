//! Multirecords as they are shown.

use super::picmg;
use crate::ipmi::fru::{DcLoad, DcOutput, PicmgRecord, PowerSupply, Record};
use crate::line;
use crate::out::{Page, fixed, hex_bytes, text};
use crate::tables::fru::{COMBINED_VOLTAGES, MANAGEMENT_ACCESS};
use serde::Serialize;

/// One record. Voltages are in volts, currents in amperes, as the names say.
#[derive(Serialize)]
#[serde(tag = "record_type", rename_all = "snake_case")]
pub enum Multirecord {
    /// A power supply.
    PowerSupply(PowerSupplyReport),
    /// A DC output.
    DcOutput(DcOutputReport),
    /// A DC load.
    DcLoad(DcLoadReport),
    /// How to reach the managed system, or its components.
    ManagementAccess {
        /// Sub-record type.
        subtype: u8,
        /// Its name.
        subtype_name: Option<&'static str>,
        /// The text; none for an id.
        text: Option<String>,
        /// The id in hexadecimal.
        id: Option<String>,
    },
    /// What the FRU is compatible with.
    Compatibility {
        /// Whether it is an extended record.
        extended: bool,
        /// IANA enterprise number.
        manufacturer_id: u32,
        /// Its name.
        manufacturer: String,
        /// Entity id.
        entity_id: u8,
        /// Compatibility base.
        base: u8,
        /// First code.
        code_start: u8,
        /// Codes from there on, one bit for each, in hexadecimal.
        code_mask: String,
    },
    /// A PICMG extension record.
    Picmg {
        /// What it says.
        record: PicmgRecord,
    },
    /// Another manufacturer's record.
    Oem {
        /// IANA enterprise number.
        manufacturer_id: u32,
        /// Its name.
        manufacturer: String,
    },
    /// A record of another type, which the text does not show.
    Other {
        /// Record type.
        code: u8,
    },
}

/// A power supply.
#[derive(Serialize)]
pub struct PowerSupplyReport {
    capacity_watts: u16,
    peak_volt_amperes: u16,
    inrush_current_amperes: u8,
    inrush_interval_ms: u8,
    /// Low and high end of two ranges.
    input_voltage_volts: [[f64; 2]; 2],
    input_frequency_hertz: [u8; 2],
    dropout_tolerance_ms: u8,
    predictive_fail: bool,
    power_factor_correction: bool,
    autoswitch: bool,
    hot_swap: bool,
    tachometer_flag: bool,
    peak_capacity_watts: u16,
    peak_holdup_seconds: u8,
    combined_voltages: [u8; 2],
    combined_voltage_names: [Option<&'static str>; 2],
    /// None where it is not specified.
    combined_capacity_watts: Option<u16>,
    fan_lower_threshold_rps: u8,
}

impl From<&PowerSupply> for PowerSupplyReport {
    fn from(supply: &PowerSupply) -> Self {
        let flag = |bit: u8| supply.flags >> bit & 1 != 0;
        PowerSupplyReport {
            capacity_watts: supply.capacity,
            peak_volt_amperes: supply.peak_va,
            inrush_current_amperes: supply.inrush_current,
            inrush_interval_ms: supply.inrush_interval,
            input_voltage_volts: supply.input_voltages.map(|range| range.map(|value| f64::from(value) / 100.0)),
            input_frequency_hertz: supply.input_frequency,
            dropout_tolerance_ms: supply.dropout_tolerance,
            predictive_fail: flag(0),
            power_factor_correction: flag(1),
            autoswitch: flag(2),
            hot_swap: flag(3),
            tachometer_flag: flag(4),
            peak_capacity_watts: supply.peak_capacity,
            peak_holdup_seconds: supply.peak_holdup,
            combined_voltages: supply.combined_voltages,
            combined_voltage_names: supply.combined_voltages.map(|code| COMBINED_VOLTAGES.get(code)),
            combined_capacity_watts: Some(supply.combined_capacity).filter(|watts| *watts != 0),
            fan_lower_threshold_rps: supply.fan_threshold,
        }
    }
}

impl PowerSupplyReport {
    fn text(&self, page: &mut Page) {
        let mut row = |label: &str, value: &str| line!(page, "  {label:<27}: {value}");
        row("Capacity", &format!("{} W", self.capacity_watts));
        row("Peak VA", &format!("{} VA", self.peak_volt_amperes));
        row("Inrush Current", &format!("{} A", self.inrush_current_amperes));
        row("Inrush Interval", &format!("{} ms", self.inrush_interval_ms));
        for (number, [low, high]) in (1..).zip(self.input_voltage_volts) {
            row(&format!("Input Voltage Range {number}"), &format!("{}-{} V", low.trunc(), high.trunc()));
        }
        let [low, high] = self.input_frequency_hertz;
        row("Input Frequency Range", &format!("{low}-{high} Hz"));
        row("A/C Dropout Tolerance", &format!("{} ms", self.dropout_tolerance_ms));
        let flags = [
            (self.predictive_fail, "'Predictive fail' "),
            (self.power_factor_correction, "'Power factor correction' "),
            (self.autoswitch, "'Autoswitch voltage' "),
            (self.hot_swap, "'Hot swap' "),
        ];
        let mut text: String = flags.iter().filter(|(flag, _)| *flag).map(|(_, name)| *name).collect();
        if self.predictive_fail {
            text.push_str(match (self.fan_lower_threshold_rps != 0, self.tachometer_flag) {
                (true, true) => "'Two pulses per rotation'",
                (true, false) => "'One pulse per rotation'",
                (false, true) => "'Failure on pin de-assertion'",
                (false, false) => "'Failure on pin assertion'",
            });
        }
        row("Flags", &text);
        row("Peak capacity", &format!("{} W", self.peak_capacity_watts));
        row("Peak capacity holdup", &format!("{} s", self.peak_holdup_seconds));
        let combined = match self.combined_capacity_watts {
            None => "not specified".to_owned(),
            Some(watts) => {
                let [first, second] = self.combined_voltage_names.map(|name| name.unwrap_or("Unknown"));
                format!("{watts} W ({first} and {second})")
            }
        };
        row("Combined capacity", &combined);
        if self.predictive_fail {
            row("Fan lower threshold", &format!("{} RPS", self.fan_lower_threshold_rps));
        }
    }
}

/// A DC output.
#[derive(Serialize)]
pub struct DcOutputReport {
    output_number: u8,
    standby: bool,
    nominal_volts: f64,
    maximum_negative_deviation_volts: f64,
    maximum_positive_deviation_volts: f64,
    ripple_and_noise_mv: u16,
    minimum_current_amperes: f64,
    maximum_current_amperes: f64,
}

fn volts(value: i16) -> f64 {
    f64::from(value) / 100.0
}

fn amperes(value: u16) -> f64 {
    f64::from(value) / 1000.0
}

impl From<&DcOutput> for DcOutputReport {
    fn from(output: &DcOutput) -> Self {
        DcOutputReport {
            output_number: output.number,
            standby: output.standby,
            nominal_volts: volts(output.nominal_voltage),
            maximum_negative_deviation_volts: volts(output.negative_deviation),
            maximum_positive_deviation_volts: volts(output.positive_deviation),
            ripple_and_noise_mv: output.ripple,
            minimum_current_amperes: amperes(output.minimum_current),
            maximum_current_amperes: amperes(output.maximum_current),
        }
    }
}

impl DcOutputReport {
    fn text(&self, page: &mut Page) {
        line!(page, "  Output Number              : {}", self.output_number);
        line!(page, "  Standby power              : {}", if self.standby { "Yes" } else { "No" });
        line!(page, "  Nominal voltage            : {} V", fixed(self.nominal_volts, 2));
        line!(page, "  Max negative deviation     : {} V", fixed(self.maximum_negative_deviation_volts, 2));
        line!(page, "  Max positive deviation     : {} V", fixed(self.maximum_positive_deviation_volts, 2));
        line!(page, "  Ripple and noise pk-pk     : {} mV", self.ripple_and_noise_mv);
        line!(page, "  Minimum current draw       : {} A", fixed(self.minimum_current_amperes, 3));
        line!(page, "  Maximum current draw       : {} A", fixed(self.maximum_current_amperes, 3));
    }
}

/// A DC load.
#[derive(Serialize)]
pub struct DcLoadReport {
    output_number: u8,
    nominal_volts: f64,
    minimum_volts: f64,
    maximum_volts: f64,
    ripple_and_noise_mv: u16,
    minimum_current_amperes: f64,
    maximum_current_amperes: f64,
}

impl From<&DcLoad> for DcLoadReport {
    fn from(load: &DcLoad) -> Self {
        DcLoadReport {
            output_number: load.number,
            nominal_volts: volts(load.nominal_voltage),
            minimum_volts: volts(load.minimum_voltage),
            maximum_volts: volts(load.maximum_voltage),
            ripple_and_noise_mv: load.ripple,
            minimum_current_amperes: amperes(load.minimum_current),
            maximum_current_amperes: amperes(load.maximum_current),
        }
    }
}

impl DcLoadReport {
    fn text(&self, page: &mut Page) {
        line!(page, "  Output Number              : {}", self.output_number);
        line!(page, "  Nominal voltage            : {} V", fixed(self.nominal_volts, 2));
        line!(page, "  Min voltage allowed        : {} V", fixed(self.minimum_volts, 2));
        line!(page, "  Max voltage allowed        : {} V", fixed(self.maximum_volts, 2));
        line!(page, "  Ripple and noise pk-pk     : {} mV", self.ripple_and_noise_mv);
        line!(page, "  Minimum current load       : {} A", fixed(self.minimum_current_amperes, 3));
        line!(page, "  Maximum current load       : {} A", fixed(self.maximum_current_amperes, 3));
    }
}

/// The kind of management access record that holds an id instead of text.
const UNIQUE_ID: u8 = 7;

impl Multirecord {
    /// A record as it is shown; `name` knows enterprises.
    pub fn new(record: Record, name: impl FnOnce(u32) -> String) -> Self {
        match record {
            Record::PowerSupply(supply) => Multirecord::PowerSupply((&supply).into()),
            Record::DcOutput(output) => Multirecord::DcOutput((&output).into()),
            Record::DcLoad(load) => Multirecord::DcLoad((&load).into()),
            Record::ManagementAccess { kind, data } => {
                let is_id = kind == UNIQUE_ID;
                Multirecord::ManagementAccess {
                    subtype: kind,
                    subtype_name: MANAGEMENT_ACCESS.get(kind),
                    text: (!is_id).then(|| text(&data)),
                    id: is_id.then(|| hex_bytes(&data)),
                }
            }
            Record::Compatibility(found) => Multirecord::Compatibility {
                extended: found.is_extended,
                manufacturer_id: found.manufacturer,
                manufacturer: name(found.manufacturer),
                entity_id: found.entity,
                base: found.base,
                code_start: found.code_start,
                code_mask: hex_bytes(&found.code_mask),
            },
            Record::Picmg(record) => Multirecord::Picmg { record },
            Record::Oem(number) => Multirecord::Oem { manufacturer_id: number, manufacturer: name(number) },
            Record::Other(code) => Multirecord::Other { code },
        }
    }

    /// The reference's text.
    pub fn text(&self, page: &mut Page) {
        match self {
            Multirecord::PowerSupply(supply) => {
                line!(page, " Power Supply Record");
                supply.text(page);
            }
            Multirecord::DcOutput(output) => {
                line!(page, " DC Output Record");
                output.text(page);
            }
            Multirecord::DcLoad(load) => {
                line!(page, " DC Load Record");
                load.text(page);
            }
            Multirecord::Picmg { record } => {
                line!(page, "  PICMG Extension Record");
                picmg::text(page, record);
            }
            Multirecord::Oem { manufacturer, .. } => line!(page, "  OEM ({manufacturer}) Record"),
            // Reference: other records are passed over, those of the specification too.
            Multirecord::ManagementAccess { .. } | Multirecord::Compatibility { .. } | Multirecord::Other { .. } => {}
        }
    }
}
