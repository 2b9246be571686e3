//! Words of which one is to be chosen, each with what it means and what it is for.

use crate::out::Output;
use clap::Command;

/// The words in the order in which they are offered. Their case does not matter.
pub struct Choices<T: 'static>(pub &'static [(&'static str, T, &'static str)]);

impl<T: Copy + PartialEq> Choices<T> {
    /// What a word means.
    pub fn find(&self, word: &str) -> Option<T> {
        self.0.iter().find(|(known, ..)| known.eq_ignore_ascii_case(word)).map(|(_, meaning, _)| *meaning)
    }

    /// The word for a meaning: the first one, where there are several.
    pub fn word(&self, meaning: T) -> Option<&'static str> {
        self.0.iter().find(|(_, known, _)| *known == meaning).map(|(word, ..)| *word)
    }

    /// Shows the words to somebody who has chosen none of them, under a title and with a blank line at
    /// either end.
    pub fn offer(&self, out: &Output, title: &str) {
        self.list(out, title);
        out.error("");
    }

    /// The same without the blank line at the end.
    pub fn list(&self, out: &Output, title: &str) {
        out.error(&format!("\n{title}"));
        for (word, _, about) in self.0 {
            out.error(&format!("    {word}    {about}"));
        }
    }

    /// The words as subcommands, for help and completion.
    pub fn commands(&self) -> impl Iterator<Item = Command> + use<T> {
        self.0.iter().map(|(word, _, about)| Command::new(*word).about(about.trim()).disable_help_flag(true))
    }

    /// A family's tree with these words below its name.
    pub fn tree(&self, family: &'static str) -> Command {
        Command::new(family).disable_help_flag(true).disable_help_subcommand(true).subcommands(self.commands())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::out::Format;

    static SIZES: Choices<u8> = Choices(&[("small", 1, "Not much"), ("tiny", 1, ""), ("Large", 9, "A lot")]);

    #[test]
    fn words_in_any_case() {
        assert_eq!([SIZES.find("SMALL"), SIZES.find("large"), SIZES.find("larg")], [Some(1), Some(9), None]);
        assert_eq!([SIZES.word(1), SIZES.word(9), SIZES.word(2)], [Some("small"), Some("Large"), None]);
    }

    #[test]
    fn the_offer() {
        let out = Output::memory(Format::Text);
        SIZES.offer(&out, "Sizes");
        assert_eq!(out.captured().stderr, b"\nSizes\n    small    Not much\n    tiny    \n    Large    A lot\n\n");
    }
}
