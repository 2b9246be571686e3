//! Intel's Node Manager: what a machine may draw, by policies (Intel Intelligent Power Node Manager 2.0
//! External Interface Specification).

use super::extension::{Extension, Owner};
use super::{NetFn, Reader};

/// Intel's enterprise number, behind the manufacturers' network function.
const INTEL: Owner = Owner { netfn: NetFn::OEM, mark: &[0x57, 0x01, 0x00] };

/// Get Node Manager Version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetVersion;

/// What a Node Manager is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its version, a code.
    pub version: u8,
    /// The version of its IPMI interface, a code.
    pub interface: u8,
    /// Patch.
    pub patch: u8,
    /// Firmware revision: major.
    pub major: u8,
    /// Firmware revision: minor, two digits.
    pub minor: u8,
}

impl Extension for GetVersion {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xca;
    type Reply = Version;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(mut body: Reader<'_>) -> Version {
        let [version, interface, patch, major, minor] = body.array_or_zero();
        Version { version, interface, patch, major, minor }
    }
}

/// Get Node Manager Capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetCapabilities {
    /// The domain.
    pub domain: u8,
    /// What triggers the policies in question.
    pub trigger: u8,
}

/// What policies may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Policies there may be.
    pub policies: u8,
    /// The largest value, in the trigger's unit.
    pub maximum: u16,
    /// The smallest.
    pub minimum: u16,
    /// The shortest correction time (milliseconds).
    pub minimum_correction: u32,
    /// The longest.
    pub maximum_correction: u32,
    /// The shortest reporting period (seconds).
    pub minimum_period: u16,
    /// The longest.
    pub maximum_period: u16,
    /// The domain, in bits 3:0.
    pub scope: u8,
}

impl Extension for GetCapabilities {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xc9;
    type Reply = Capabilities;

    fn encode(&self, data: &mut Vec<u8>) {
        // Policies that control power.
        data.extend([self.domain, 0x10 | self.trigger]);
    }

    fn decode(mut body: Reader<'_>) -> Capabilities {
        Capabilities {
            policies: body.u8_or_zero(),
            maximum: body.u16_or_zero(),
            minimum: body.u16_or_zero(),
            minimum_correction: body.u32_or_zero(),
            maximum_correction: body.u32_or_zero(),
            minimum_period: body.u16_or_zero(),
            maximum_period: body.u16_or_zero(),
            scope: body.u8_or_zero(),
        }
    }
}

/// Whose policy: its domain and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyId {
    /// The domain.
    pub domain: u8,
    /// The number.
    pub number: u8,
}

/// Enable/Disable Node Manager Policy Control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// All policies (0), those of a domain (2) or one (4).
    pub scope: u8,
    /// Whether they are enabled.
    pub on: bool,
    /// The domain and the policy, as far as the scope needs them.
    pub of: PolicyId,
}

impl Extension for Control {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xc0;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.scope | u8::from(self.on), self.of.domain, self.of.number]);
    }

    fn decode(_body: Reader<'_>) {}
}

/// What a policy says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Trigger in bits 3:0, power control in bit 4, correction in bits 6:5, kept in memory only in bit 7.
    pub kind: u8,
    /// What happens when the limit cannot be kept.
    pub exception: u8,
    /// The limit.
    pub limit: u16,
    /// Time for the correction (milliseconds).
    pub correction: u32,
    /// The trigger's limit.
    pub trigger: u16,
    /// Reporting period of the statistics (seconds).
    pub period: u16,
}

impl Policy {
    fn encode(self, data: &mut Vec<u8>) {
        data.extend([self.kind, self.exception]);
        data.extend(self.limit.to_le_bytes());
        data.extend(self.correction.to_le_bytes());
        data.extend(self.trigger.to_le_bytes());
        data.extend(self.period.to_le_bytes());
    }

    fn decode(body: &mut Reader<'_>) -> Policy {
        let [kind, exception] = body.array_or_zero();
        Policy {
            kind,
            exception,
            limit: body.u16_or_zero(),
            correction: body.u32_or_zero(),
            trigger: body.u16_or_zero(),
            period: body.u16_or_zero(),
        }
    }
}

/// Set Node Manager Policy. One without power control and trigger is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetPolicy {
    /// The domain, and in bit 4 whether the policy is enabled.
    pub domain: u8,
    /// Its number.
    pub number: u8,
    /// What it says.
    pub policy: Policy,
}

impl Extension for SetPolicy {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xc1;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.domain, self.number]);
        self.policy.encode(data);
    }

    fn decode(_body: Reader<'_>) {}
}

/// Get Node Manager Policy: the domain with what is enabled in bits 7:4, and what the policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetPolicy(pub PolicyId);

impl Extension for GetPolicy {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xc2;
    type Reply = (u8, Policy);

    fn encode(&self, data: &mut Vec<u8>) {
        self.0.encode(data);
    }

    fn decode(mut body: Reader<'_>) -> (u8, Policy) {
        (body.u8_or_zero(), Policy::decode(&mut body))
    }
}

impl PolicyId {
    fn encode(self, data: &mut Vec<u8>) {
        data.extend([self.domain, self.number]);
    }
}

/// Set Node Manager Policy Alert Thresholds: no more than three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetThresholds {
    /// Whose.
    pub of: PolicyId,
    /// The thresholds.
    pub values: Vec<u16>,
}

impl Extension for SetThresholds {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xc3;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        self.of.encode(data);
        data.push(u8::try_from(self.values.len()).unwrap_or(u8::MAX));
        data.extend(self.values.iter().flat_map(|value| value.to_le_bytes()));
    }

    fn decode(_body: Reader<'_>) {}
}

/// Get Node Manager Policy Alert Thresholds: the first three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetThresholds(pub PolicyId);

impl Extension for GetThresholds {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xc4;
    type Reply = Vec<u16>;

    fn encode(&self, data: &mut Vec<u8>) {
        self.0.encode(data);
    }

    fn decode(mut body: Reader<'_>) -> Vec<u16> {
        let count = body.u8_or_zero().min(3);
        (0..count).map(|_| body.u16_or_zero()).collect()
    }
}

/// Set Node Manager Policy Suspend Periods, to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClearSuspendPeriods(pub PolicyId);

impl Extension for ClearSuspendPeriods {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xc5;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        self.0.encode(data);
        data.push(0);
    }

    fn decode(_body: Reader<'_>) {}
}

/// When a policy rests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SuspendPeriod {
    /// From when on, in units of six minutes.
    pub start: u8,
    /// Until when.
    pub stop: u8,
    /// On which days, Monday in bit 0.
    pub days: u8,
}

/// Get Node Manager Policy Suspend Periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSuspendPeriods(pub PolicyId);

impl Extension for GetSuspendPeriods {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xc6;
    type Reply = Vec<SuspendPeriod>;

    fn encode(&self, data: &mut Vec<u8>) {
        self.0.encode(data);
    }

    fn decode(mut body: Reader<'_>) -> Vec<SuspendPeriod> {
        let count = body.u8_or_zero();
        let mut period = || {
            let [start, stop, days] = body.array_or_zero();
            SuspendPeriod { start, stop, days }
        };
        (0..count).map(|_| period()).collect()
    }
}

/// Reset Node Manager Statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResetStatistics {
    /// Which ones.
    pub mode: u8,
    /// Whose.
    pub of: PolicyId,
}

impl Extension for ResetStatistics {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xc7;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.mode);
        self.of.encode(data);
    }

    fn decode(_body: Reader<'_>) {}
}

/// Get Node Manager Statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetStatistics {
    /// Which ones.
    pub mode: u8,
    /// Whose.
    pub of: PolicyId,
}

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Now.
    pub current: u16,
    /// Least.
    pub minimum: u16,
    /// Most.
    pub maximum: u16,
    /// Average.
    pub average: u16,
    /// When.
    pub timestamp: u32,
    /// Over what time (seconds).
    pub period: u32,
    /// The domain in bits 3:0; enabled, active, measuring and triggered from bit 4 on.
    pub state: u8,
}

impl Extension for GetStatistics {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xc8;
    type Reply = Statistics;

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.mode);
        self.of.encode(data);
    }

    fn decode(mut body: Reader<'_>) -> Statistics {
        Statistics {
            current: body.u16_or_zero(),
            minimum: body.u16_or_zero(),
            maximum: body.u16_or_zero(),
            average: body.u16_or_zero(),
            timestamp: body.u32_or_zero(),
            period: body.u32_or_zero(),
            state: body.u8_or_zero(),
        }
    }
}

/// Set Node Manager Power Draw Range (watts).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetPowerRange {
    /// The domain.
    pub domain: u8,
    /// Least.
    pub minimum: u16,
    /// Most.
    pub maximum: u16,
}

impl Extension for SetPowerRange {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xcb;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.domain);
        data.extend(self.minimum.to_le_bytes());
        data.extend(self.maximum.to_le_bytes());
    }

    fn decode(_body: Reader<'_>) {}
}

/// Where alerts go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The BMC's channel in bits 3:0, and in bit 7 that nobody is told.
    pub channel: u8,
    /// The destination on it.
    pub destination: u8,
    /// The alert string, and in bit 7 whether there is one.
    pub string: u8,
}

/// Set Node Manager Alert Destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetAlert(pub Alert);

impl Extension for SetAlert {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xce;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.0.channel, self.0.destination, self.0.string]);
    }

    fn decode(_body: Reader<'_>) {}
}

/// Get Node Manager Alert Destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetAlert;

impl Extension for GetAlert {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xcf;
    type Reply = Alert;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(mut body: Reader<'_>) -> Alert {
        let [channel, destination, string] = body.array_or_zero();
        Alert { channel, destination, string }
    }
}

/// Get Limiting Policy ID: which policy limits a domain just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetLimitingPolicy {
    /// The domain.
    pub domain: u8,
}

impl Extension for GetLimitingPolicy {
    const OWNER: Owner = INTEL;
    const CMD: u8 = 0xf2;
    type Reply = u8;

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.domain);
    }

    fn decode(mut body: Reader<'_>) -> u8 {
        body.u8_or_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: PolicyId = PolicyId { domain: 1, number: 9 };

    #[test]
    fn requests_begin_with_the_manufacturer() {
        assert_eq!(GetVersion.request().data, [0x57, 1, 0]);
        assert_eq!(GetCapabilities { domain: 2, trigger: 1 }.request().data, [0x57, 1, 0, 2, 0x11]);
        assert_eq!(Control { scope: 4, on: true, of: OF }.request().data, [0x57, 1, 0, 5, 1, 9]);
        assert_eq!(ResetStatistics { mode: 0x1b, of: OF }.request().data, [0x57, 1, 0, 0x1b, 1, 9]);
        let range = SetPowerRange { domain: 0, minimum: 0x102, maximum: 0x304 };
        assert_eq!(range.request().data, [0x57, 1, 0, 0, 2, 1, 4, 3]);
        let thresholds = SetThresholds { of: OF, values: vec![0x102, 3] };
        assert_eq!(thresholds.request().data, [0x57, 1, 0, 1, 9, 2, 2, 1, 3, 0]);
        assert_eq!(ClearSuspendPeriods(OF).request().data, [0x57, 1, 0, 1, 9, 0]);
    }

    #[test]
    fn policies_go_and_come() {
        let policy = Policy { kind: 0x30, exception: 1, limit: 350, correction: 6000, trigger: 7, period: 30 };
        let sent = SetPolicy { domain: 0x11, number: 9, policy }.request().data;
        assert_eq!(sent, [0x57, 1, 0, 0x11, 9, 0x30, 1, 0x5e, 1, 0x70, 0x17, 0, 0, 7, 0, 30, 0]);
        // The reply has no number.
        assert_eq!(GetPolicy::read(&[&sent[..4], &sent[5..]].concat()), Ok((0x11, policy)));
    }

    #[test]
    fn lists_are_as_long_as_they_say() {
        assert_eq!(GetThresholds::read(&[0x57, 1, 0, 2, 1, 0, 2]), Ok(vec![1, 2]));
        assert_eq!(GetThresholds::read(&[0x57, 1, 0, 9, 1, 0, 2, 0, 3, 0, 4, 0]), Ok(vec![1, 2, 3]));
        let periods = GetSuspendPeriods::read(&[0x57, 1, 0, 2, 1, 2, 3, 4]).expect("Intel's");
        assert_eq!(
            periods,
            [SuspendPeriod { start: 1, stop: 2, days: 3 }, SuspendPeriod { start: 4, stop: 0, days: 0 }]
        );
        assert_eq!(GetSuspendPeriods::read(&[0x58]), Err(0x58));
    }
}
