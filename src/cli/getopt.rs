//! glibc's `getopt`: options anywhere on the line, bundled, and `--` to end them.

/// What the scanner met next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An option, and its argument where it takes one.
    Option {
        /// The option's letter.
        letter: char,
        /// Its argument; empty for options without.
        value: String,
        /// Which word of the line holds the argument, and at which byte of that word it begins.
        place: (usize, usize),
    },
    /// A long option: the words after `--`, which the reference does not have.
    Long(String),
    /// A letter that is no option.
    Unknown(char),
    /// The last word is an option without its argument.
    MissingArgument(char),
}

/// Commands after whose names a negative number is a word and no option, as in `sensor thresh NAME lnr -5`.
const NUMBERS_AFTER: &[[&str; 2]] = &[["sensor", "thresh"]];

/// Walks over the words of a command line.
///
/// Words that are not options gather in [`Scanner::operands`].
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    words: &'a [String],
    letters: &'static str,
    longs: &'static [&'static str],
    posixly_correct: bool,
    next: usize,
    cluster: Option<(usize, usize)>,
    operands: Vec<String>,
    ended: bool,
}

impl<'a> Scanner<'a> {
    /// Scans `words` (without the program's name) for the options of `letters` (a letter followed by
    /// `:` takes an argument) and for the long options named in `longs`.
    pub fn new(
        words: &'a [String],
        letters: &'static str,
        longs: &'static [&'static str],
        posixly_correct: bool,
    ) -> Self {
        Scanner { words, letters, longs, posixly_correct, next: 0, cluster: None, operands: Vec::new(), ended: false }
    }

    /// The word after the last event, for a long option's argument.
    pub fn take_word(&mut self) -> Option<String> {
        let word = self.words.get(self.next).cloned();
        self.next += usize::from(word.is_some());
        word
    }

    /// Everything that was not an option, in order. Complete after the last event.
    pub fn into_operands(self) -> Vec<String> {
        self.operands
    }

    /// Whether a word can only be meant as a number. Reference: it refuses such words, all but `-4` and
    /// `-6`, which are options and stay so.
    fn is_number(&self, word: &str) -> bool {
        let after = match &self.operands[..] {
            [family, leaf, _, _, ..] => NUMBERS_AFTER.contains(&[family, leaf]),
            _ => false,
        };
        let digits = word[1..].starts_with(|c: char| c.is_ascii_digit() || c == '.');
        after && digits && !matches!(word, "-4" | "-6")
    }

    fn short(&mut self, index: usize, offset: usize) -> Event {
        let rest = &self.words[index][offset..];
        let mut chars = rest.chars();
        let letter = chars.next().unwrap_or('-');
        let after = offset + letter.len_utf8();
        let ends = chars.as_str().is_empty();
        self.cluster = (!ends).then_some((index, after));
        let position = if letter == ':' { None } else { self.letters.find(letter) };
        let Some(position) = position else { return Event::Unknown(letter) };
        if !self.letters[position + letter.len_utf8()..].starts_with(':') {
            return Event::Option { letter, value: String::new(), place: (index, after) };
        }
        self.cluster = None;
        if !ends {
            return Event::Option { letter, value: self.words[index][after..].to_owned(), place: (index, after) };
        }
        let place = (self.next, 0);
        match self.take_word() {
            Some(value) => Event::Option { letter, value, place },
            None => Event::MissingArgument(letter),
        }
    }
}

impl Iterator for Scanner<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        if let Some((index, offset)) = self.cluster.take() {
            return Some(self.short(index, offset));
        }
        while let Some(word) = self.words.get(self.next) {
            let index = self.next;
            self.next += 1;
            if self.ended || word == "-" || !word.starts_with('-') || self.is_number(word) {
                self.ended |= self.posixly_correct;
                self.operands.push(word.clone());
            } else if word == "--" {
                self.ended = true;
            } else if let Some(long) = word.strip_prefix("--")
                && self.longs.contains(&long.split('=').next().unwrap_or(long))
            {
                return Some(Event::Long(long.to_owned()));
            } else {
                return Some(self.short(index, 1));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(line: &str, posix: bool) -> (Vec<Event>, Vec<String>) {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let mut scanner = Scanner::new(&words, "I:vc", &["json"], posix);
        let events = scanner.by_ref().collect();
        (events, scanner.into_operands())
    }

    fn option(letter: char, value: &str, place: (usize, usize)) -> Event {
        Event::Option { letter, value: value.to_owned(), place }
    }

    #[test]
    fn options_stand_anywhere_and_bundle() {
        let (events, operands) = scan("raw 6 -vc -Ilan 1 -I open", false);
        assert_eq!(operands, ["raw", "6", "1"]);
        assert_eq!(
            events,
            [option('v', "", (2, 2)), option('c', "", (2, 3)), option('I', "lan", (3, 2)), option('I', "open", (6, 0))]
        );
    }

    #[test]
    fn a_double_dash_ends_options() {
        assert_eq!(scan("raw -- -5 -v --", false), (vec![], vec!["raw".into(), "-5".into(), "-v".into(), "--".into()]));
        assert_eq!(scan("raw -v", true), (vec![], vec!["raw".into(), "-v".into()]));
    }

    #[test]
    fn a_threshold_may_be_negative() {
        let words = ["sensor", "thresh", "a", "lnr", "-5"].map(str::to_owned);
        assert_eq!(scan("sensor thresh a lnr -5 -v", false), (vec![option('v', "", (5, 2))], words.to_vec()));
        for line in [
            "sensor thresh -5",
            "sensor thresh a -5",
            "sensor get a -5",
            "raw sensor thresh a -5",
            "sensor thresh a lnr -4",
        ] {
            assert_eq!(scan(line, false).0.len(), 1, "{line}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(scan("-x", false).0, [Event::Unknown('x')]);
        assert_eq!(scan("--help", false).0[0], Event::Unknown('-'));
        assert_eq!(scan("-I", false).0, [Event::MissingArgument('I')]);
        assert_eq!(scan("--json -:", false).0, [Event::Long("json".into()), Event::Unknown(':')]);
    }
}
