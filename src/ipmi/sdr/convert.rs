//! From raw readings to values (IPMI 2.0 section 36.3).

/// How a raw reading is to be read as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnalogFormat {
    /// Unsigned.
    Unsigned,
    /// One's complement.
    OnesComplement,
    /// Two's complement.
    TwosComplement,
    /// The sensor has no analog reading.
    None,
}

impl AnalogFormat {
    /// Bits 7:6 of sensor units 1.
    pub fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => AnalogFormat::Unsigned,
            1 => AnalogFormat::OnesComplement,
            2 => AnalogFormat::TwosComplement,
            _ => AnalogFormat::None,
        }
    }
}

/// The factors of the conversion formula `L((M*x + B*10^K1) * 10^K2)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// Format of the raw reading.
    pub format: AnalogFormat,
    /// Linearization function; 70h and up need Get Sensor Reading Factors for every reading.
    pub linearization: u8,
    /// M, ten bits.
    pub m: i16,
    /// Tolerance in half raw counts.
    pub tolerance: u8,
    /// B, ten bits.
    pub b: i16,
    /// Exponent of B (K1).
    pub b_exponent: i8,
    /// Exponent of the result (K2).
    pub r_exponent: i8,
}

/// Sign-extends the low `bits` bits of a value.
fn sign_extend(value: u16, bits: u32) -> i16 {
    let shift = 16 - bits;
    (value << shift).cast_signed() >> shift
}

/// C's conversion to `int` on the machines the reference runs on: out of range gives the smallest number.
fn int(value: f64) -> i32 {
    if value > -2_147_483_649.0 && value < 2_147_483_648.0 { value as i32 } else { i32::MIN }
}

impl Factors {
    /// Reads the six bytes of M, tolerance, B, accuracy and exponents, as records and Get Sensor
    /// Reading Factors have them.
    pub fn decode(format: AnalogFormat, linearization: u8, bytes: [u8; 6]) -> Self {
        let [m, m_tolerance, b, b_accuracy, _, exponents] = bytes;
        let ten_bits = |low: u8, high: u8| sign_extend(u16::from(low) | u16::from(high & 0xc0) << 2, 10);
        let nibble = |bits: u8| sign_extend(u16::from(bits & 0x0f), 4) as i8;
        Factors {
            format,
            linearization,
            m: ten_bits(m, m_tolerance),
            tolerance: m_tolerance & 0x3f,
            b: ten_bits(b, b_accuracy),
            b_exponent: nibble(exponents),
            r_exponent: nibble(exponents >> 4),
        }
    }

    /// Whether readings need factors of their own (section 35.5).
    pub fn is_nonlinear(&self) -> bool {
        (0x70..=0x7f).contains(&self.linearization)
    }

    /// The raw reading as a number; none where the sensor is not analog.
    fn number(&self, raw: u8) -> Option<f64> {
        match self.format {
            AnalogFormat::Unsigned => Some(f64::from(raw)),
            AnalogFormat::OnesComplement if raw & 0x80 != 0 => Some(f64::from(raw.wrapping_add(1).cast_signed())),
            AnalogFormat::OnesComplement | AnalogFormat::TwosComplement => Some(f64::from(raw.cast_signed())),
            AnalogFormat::None => None,
        }
    }

    fn scale(&self) -> f64 {
        10_f64.powf(f64::from(self.r_exponent))
    }

    /// The value of a raw reading; 0 where the sensor is not analog.
    pub fn value(&self, raw: u8) -> f64 {
        let Some(number) = self.number(raw) else { return 0.0 };
        let offset = f64::from(self.b) * 10_f64.powf(f64::from(self.b_exponent));
        self.linearize((f64::from(self.m) * number + offset) * self.scale())
    }

    /// The value of a tolerance in half raw counts.
    pub fn tolerance_value(&self, raw: u8) -> f64 {
        let Some(number) = self.number(raw) else { return 0.0 };
        self.linearize(f64::from(self.m) * (number / 2.0) * self.scale())
    }

    /// The value of a hysteresis: a difference of readings, so that B plays no part.
    pub fn hysteresis_value(&self, raw: u8) -> f64 {
        let Some(number) = self.number(raw) else { return 0.0 };
        self.linearize(f64::from(self.m) * number * self.scale())
    }

    /// The raw form of a value, for a sensor with a number format. Reference: linearization is not
    /// undone, a fraction below zero is cut off, and what does not fit into a byte loses its upper bits.
    pub fn raw(&self, value: f64) -> u8 {
        if self.m == 0 {
            return 0;
        }
        let offset = f64::from(self.b) * 10_f64.powf(f64::from(self.b_exponent));
        let number = (value / self.scale() - offset) / f64::from(self.m);
        let rounded = if number - f64::from(int(number)) >= 0.5 { number.ceil() } else { number };
        int(rounded) as u8
    }

    fn linearize(&self, value: f64) -> f64 {
        match self.linearization & 0x7f {
            1 => value.ln(),
            2 => value.log10(),
            3 => value.ln() / 2_f64.ln(),
            4 => value.exp(),
            5 => 10_f64.powf(value),
            6 => 2_f64.powf(value),
            7 => value.powf(-1.0),
            8 => value.powf(2.0),
            9 => value.powf(3.0),
            10 => value.sqrt(),
            11 => value.cbrt(),
            _ => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_sign_extended() {
        let factors = Factors::decode(AnalogFormat::Unsigned, 0, [0xfd, 0xc1, 0x9c, 0xca, 0x10, 0x12]);
        assert_eq!((factors.m, factors.tolerance, factors.b), (-3, 1, -100));
        assert_eq!((factors.b_exponent, factors.r_exponent), (2, 1));
        assert_eq!(factors.value(0x81), -103_870.0);
    }

    #[test]
    fn values_become_raw() {
        let factors = Factors::decode(AnalogFormat::TwosComplement, 0, [2, 0, 10, 0, 0, 0]);
        assert_eq!([factors.raw(20.0), factors.raw(21.0), factors.raw(-20.0), factors.raw(-21.0)], [5, 6, 0xf1, 0xf1]);
        assert_eq!([factors.raw(f64::NAN), factors.raw(1e30), factors.raw(f64::INFINITY)], [0; 3]);
        assert_eq!(Factors::decode(AnalogFormat::Unsigned, 0, [0; 6]).raw(9.0), 0);
    }

    #[test]
    fn signed_formats() {
        let mut factors = Factors::decode(AnalogFormat::TwosComplement, 0, [1, 0, 0, 0, 0, 0]);
        assert_eq!(factors.value(0xf1), -15.0);
        factors.format = AnalogFormat::OnesComplement;
        assert_eq!(factors.value(0xf1), -14.0);
        assert_eq!(factors.value(0xff), 0.0);
        factors.format = AnalogFormat::None;
        assert_eq!(factors.value(0xf1), 0.0);
    }
}
