//! The default server's SDRs: every record type, and sensors of every format (IPMI 2.0 chapter 43).

/// A full sensor record in the making; the setters name what differs from a plain temperature.
struct Full {
    number: u8,
    entity: [u8; 2],
    kind: u8,
    event_type: u8,
    /// Sensor units 1 to 3: format and modifier, base, modifier unit.
    units: [u8; 3],
    linearization: u8,
    /// M and tolerance, B and accuracy, both as ten-bit values.
    m: i16,
    b: i16,
    tolerance: u8,
    /// R exponent in the high nibble, B exponent in the low one.
    exponents: u8,
    /// Nominal reading, normal maximum and minimum, sensor maximum and minimum.
    range: [u8; 5],
    /// Analog characteristic flags.
    flags: u8,
    /// Upper and lower non-recoverable, critical, non-critical; from the top down.
    thresholds: [u8; 6],
    /// Assertion, deassertion and reading masks.
    masks: [u16; 3],
    hysteresis: [u8; 2],
    capabilities: u8,
    initialization: u8,
    lun: u8,
    owner: u8,
    name: &'static str,
}

impl Full {
    fn new(number: u8, kind: u8, name: &'static str) -> Self {
        Full {
            number,
            entity: [7, 1],
            kind,
            event_type: 0x01,
            units: [0x00, 0x01, 0x00],
            linearization: 0,
            m: 1,
            b: 0,
            tolerance: 1,
            exponents: 0,
            range: [0x1e, 0x3c, 0x0a, 0x7f, 0x00],
            flags: 0x07,
            thresholds: [0x5f, 0x5a, 0x55, 0x05, 0x0a, 0x0f],
            masks: [0x7a95, 0x7a95, 0x3f3f],
            hysteresis: [2, 2],
            capabilities: 0x68,
            initialization: 0x7f,
            lun: 0,
            owner: 0x20,
            name,
        }
    }

    fn record(&self) -> Vec<u8> {
        let ten_bits = |value: i16| {
            let [low, high] = value.to_le_bytes();
            (low, (high & 0x03) << 6)
        };
        let ((m, m_high), (b, b_high)) = (ten_bits(self.m), ten_bits(self.b));
        let mut body = vec![self.owner, self.lun, self.number];
        body.extend(self.entity);
        body.extend([self.initialization, self.capabilities, self.kind, self.event_type]);
        body.extend(self.masks.iter().flat_map(|mask| mask.to_le_bytes()));
        body.extend(self.units);
        body.extend([self.linearization, m, m_high | self.tolerance, b, b_high | 0x0a, 0x10, self.exponents]);
        body.push(self.flags);
        body.extend(self.range);
        body.extend(self.thresholds);
        body.extend(self.hysteresis);
        body.extend([0, 0, 0]);
        id_string(&mut body, self.name);
        with_header(0x01, &body)
    }
}

/// A compact sensor record.
struct Compact {
    number: u8,
    entity: [u8; 2],
    kind: u8,
    event_type: u8,
    masks: [u16; 3],
    units: [u8; 3],
    /// Share count and modifiers.
    sharing: [u8; 2],
    name: &'static str,
}

impl Compact {
    fn record(&self) -> Vec<u8> {
        let mut body = vec![0x20, 0x00, self.number];
        body.extend(self.entity);
        body.extend([0x67, 0x40, self.kind, self.event_type]);
        body.extend(self.masks.iter().flat_map(|mask| mask.to_le_bytes()));
        body.extend(self.units);
        body.extend(self.sharing);
        body.extend([0, 0, 0, 0, 0, 0]);
        id_string(&mut body, self.name);
        with_header(0x02, &body)
    }
}

/// Type/length byte for 8-bit text, then the text (section 43.15).
fn id_string(body: &mut Vec<u8>, name: &str) {
    body.push(0xc0 | u8::try_from(name.len()).unwrap_or(0) & 0x1f);
    body.extend(name.bytes());
}

fn with_header(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut record = vec![0, 0, 0x51, kind, u8::try_from(body.len()).unwrap_or(0)];
    record.extend(body);
    record
}

/// Every record of the default server; ids are given by the repository.
pub fn records() -> Vec<Vec<u8>> {
    let mut records = full_sensors();
    records.extend(compact_sensors());
    records.extend(others());
    records
}

fn full_sensors() -> Vec<Vec<u8>> {
    let volts = |number, name, m, nominal| Full {
        units: [0x00, 0x04, 0x00],
        m,
        exponents: 0xd0,
        range: [nominal, nominal + 10, nominal - 10, 0xff, 0x00],
        thresholds: [nominal + 30, nominal + 20, nominal + 15, nominal - 30, nominal - 20, nominal - 15],
        ..Full::new(number, 0x02, name)
    };
    let fan = |number, name| Full {
        entity: [29, number & 0x0f],
        units: [0x00, 0x12, 0x00],
        m: 75,
        range: [0x50, 0xa0, 0x20, 0xff, 0x00],
        thresholds: [0, 0, 0, 0x08, 0x0c, 0x10],
        masks: [0x0015, 0x0015, 0x0707],
        ..Full::new(number, 0x04, name)
    };
    let curve = |number, linearization, name| Full {
        entity: [19, number & 0x0f],
        units: [0x00, 0x06, 0x00],
        linearization,
        m: 2,
        b: 3,
        exponents: 0xf1,
        masks: [0, 0, 0],
        flags: 0,
        ..Full::new(number, 0x03, name)
    };
    let mut sensors = vec![
        Full { entity: [3, 1], ..Full::new(0x01, 0x01, "CPU1 Temp") },
        Full { entity: [3, 2], ..Full::new(0x02, 0x01, "CPU2 Temp") },
        volts(0x03, "P12V", 63, 190),
        volts(0x04, "P3V3", 17, 194),
        fan(0x05, "FAN1"),
        fan(0x06, "FAN2"),
        // Signed formats: two's and one's complement.
        Full {
            units: [0x80, 0x01, 0x00],
            entity: [39, 1],
            range: [0x14, 0x28, 0xf6, 0x7f, 0x80],
            thresholds: [0x46, 0x41, 0x3c, 0xd8, 0xe2, 0xec],
            ..Full::new(0x07, 0x01, "Ambient 2s")
        },
        Full { units: [0x40, 0x01, 0x00], ..Full::new(0x08, 0x01, "Ambient 1s") },
        // Percent, a modifier unit by multiplication and by division, a rate.
        Full { units: [0x01, 0x00, 0x00], ..Full::new(0x09, 0x04, "Fan duty") },
        Full { units: [0x04, 0x06, 0x14], entity: [10, 1], ..Full::new(0x0a, 0x0b, "Energy") },
        Full { units: [0x02, 0x12, 0x16], ..Full::new(0x0b, 0x04, "Spin rate") },
        Full { units: [0x18, 0x06, 0x00], m: 4, ..Full::new(0x0c, 0x0b, "Power meter") },
        // Readings that are not there.
        Full { entity: [3, 3], ..Full::new(0x0d, 0x01, "CPU3 Temp") },
        Full { entity: [3, 4], ..Full::new(0x0e, 0x01, "CPU4 Temp") },
        // Thresholds fixed, none readable, event control by sensor.
        Full { capabilities: 0x5c, ..Full::new(0x0f, 0x01, "Fixed thresh") },
        Full { capabilities: 0x41, masks: [0, 0, 0], ..Full::new(0x40, 0x01, "No thresholds") },
        Full { m: -3, b: -100, exponents: 0x12, ..Full::new(0x41, 0x01, "Negative slope") },
        // A long name, and one on another logical unit.
        Full { entity: [8, 0x61], ..Full::new(0x42, 0x01, "SixteenCharName!") },
        Full { lun: 1, ..Full::new(0x43, 0x01, "Other LUN") },
        // A satellite's sensor.
        Full { owner: 0x2c, ..Full::new(0x44, 0x01, "Satellite") },
        // Discrete sensors that come as full records.
        Full {
            entity: [10, 1],
            event_type: 0x6f,
            units: [0xc0, 0, 0],
            masks: [0x000f, 0x000f, 0x000f],
            ..Full::new(0x10, 0x08, "PS1 Status")
        },
        Full {
            entity: [10, 2],
            event_type: 0x6f,
            units: [0xc0, 0, 0],
            masks: [0x000f, 0, 0x000f],
            ..Full::new(0x11, 0x08, "PS2 Status")
        },
        // Analog, but with states instead of thresholds.
        Full { event_type: 0x07, units: [0x00, 0x01, 0x00], ..Full::new(0x45, 0x01, "Stateful Temp") },
    ];
    for linearization in 1..=11 {
        let names = ["ln", "log10", "log2", "e^x", "10^x", "2^x", "1/x", "x^2", "x^3", "sqrt", "cbrt"];
        sensors.push(curve(0x50 + linearization, linearization, names[usize::from(linearization) - 1]));
    }
    sensors.push(curve(0x5d, 0x70, "Nonlinear"));
    sensors.iter().map(Full::record).collect()
}

fn compact_sensors() -> Vec<Vec<u8>> {
    let specific = |number, kind, mask: u16, name| Compact {
        number,
        entity: [7, 1],
        kind,
        event_type: 0x6f,
        masks: [mask, mask, mask],
        units: [0xc0, 0, 0],
        sharing: [1, 0],
        name,
    };
    vec![
        specific(0x20, 0x10, 0x003f, "SEL").record(),
        specific(0x21, 0x12, 0x003f, "System Event").record(),
        Compact { entity: [19, 1], ..specific(0x22, 0x09, 0x00ff, "Power Unit") }.record(),
        Compact { entity: [23, 1], ..specific(0x23, 0x05, 0x007f, "Intrusion") }.record(),
        specific(0x24, 0x23, 0x010f, "Watchdog").record(),
        Compact { entity: [8, 1], ..specific(0x12, 0x0c, 0x07ff, "DIMM") }.record(),
        Compact { event_type: 0x0b, entity: [21, 1], ..specific(0x39, 0x08, 0x00ff, "PS Redundancy") }.record(),
        Compact { event_type: 0x03, ..specific(0x31, 0x21, 0x0003, "Slot state") }.record(),
        Compact { event_type: 0x08, entity: [29, 1], ..specific(0x36, 0x25, 0x0003, "Fan present") }.record(),
        Compact { event_type: 0x70, ..specific(0x29, 0xc5, 0x0007, "OEM sensor") }.record(),
        // Several sensors behind one record, numbered in letters.
        Compact { entity: [26, 1], sharing: [0x14, 0x80], ..specific(0x60, 0x0d, 0x01ff, "Drive ") }.record(),
        // A threshold sensor as a compact record.
        Compact { event_type: 0x01, units: [0, 1, 0], ..specific(0x64, 0x01, 0x3f3f, "Compact temp") }.record(),
    ]
}

fn others() -> Vec<Vec<u8>> {
    let mut event_only = vec![0x20, 0x00, 0x70, 35, 1, 0x20, 0x6f, 1, 0, 0, 0];
    event_only[5] = 0x20;
    event_only.insert(6, 0x6f);
    event_only.truncate(7);
    event_only.extend([0x01, 0x00, 0x00, 0x00]);
    id_string(&mut event_only, "OS Critical");

    let entity_association = vec![23, 1, 0x00, 10, 1, 10, 2, 0, 0, 0, 0];
    let device_relative = {
        let mut body = vec![23, 1, 0x20, 0x00, 0x00];
        body.extend([0x20, 0x00, 10, 1, 0x20, 0x00, 10, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
        body.resize(27, 0);
        body
    };
    // Device access and slave address, channel, span, reserved, type and modifier, entity, OEM.
    let mut generic = vec![0x20, 0xa4, 0x00, 0x01, 0x00, 0x0a, 0x02, 11, 1, 0x00];
    id_string(&mut generic, "Riser EEPROM");
    let fru_locator = |device, flags, modifier, entity: [u8; 2], name| {
        let mut body = vec![0x20, device, flags, 0x00, 0x00, 0x10, modifier, entity[0], entity[1], 0x00];
        id_string(&mut body, name);
        with_header(0x11, &body)
    };
    // Slave address, channel, power notification, capabilities, three reserved bytes, entity, OEM.
    let mc_locator = |address, channel, notification, support, name| {
        let mut body = vec![address, channel, notification, support, 0, 0, 0, 46, 1, 0x00];
        id_string(&mut body, name);
        with_header(0x12, &body)
    };
    let mut confirmation = vec![0x20, 0x01, 0x00, 0x02, 0xb9, 0x1e, 0x00, 0x01, 0x10];
    confirmation.resize(27, 0);
    vec![
        with_header(0x03, &event_only),
        with_header(0x08, &entity_association),
        with_header(0x09, &device_relative),
        with_header(0x10, &generic),
        fru_locator(0, 0x80, 0x00, [7, 1], "Builtin FRU"),
        fru_locator(1, 0x80, 0x00, [10, 1], "PS1 FRU"),
        fru_locator(2, 0x80, 0x02, [7, 2], "PICMG FRU"),
        fru_locator(3, 0x80, 0x01, [8, 1], "DIMM A1"),
        fru_locator(9, 0x80, 0x00, [11, 1], "Missing FRU"),
        fru_locator(0xa8, 0x00, 0x00, [11, 2], "Physical FRU"),
        mc_locator(0x20, 0x00, 0x40, 0xbf, "BMC"),
        mc_locator(0x2c, 0x06, 0x8d, 0x09, "ME"),
        with_header(0x13, &confirmation),
        with_header(0x14, &[0x20, 0x0f, 0x06, 0x02, 0x00, 0x01, 0, 0, 0, 0, 0]),
        with_header(0xc0, &[0x57, 0x01, 0x00, 0x01, 0x02, 0x03]),
    ]
}
