//! The command tree: clap holds the words, the aliases and their help; its own error texts never
//! show, because every family refuses a word in the reference's own way.

use clap::{Args, Command, Subcommand};

/// The words after a leaf's own, whatever they look like.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// Arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub words: Vec<String>,
}

/// What the first of some words means to a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice<'a, C> {
    /// A leaf of the tree.
    Chosen(C),
    /// A word that is no leaf.
    Unknown(&'a str),
    /// No word at all.
    Missing,
}

/// Stands for a bare `--`, which clap would take for itself although the option stage has let it
/// through as a word.
const DOUBLE_DASH: &str = "\u{f8ff}--";

/// Looks the first word up among the leaves of `C`; what follows it is the leaf's own affair.
pub fn choose<C: Subcommand>(words: &[String]) -> Choice<'_, C> {
    let Some(first) = words.first() else { return Choice::Missing };
    let protected = words.iter().map(|word| if word == "--" { DOUBLE_DASH } else { word.as_str() });
    let command = bare::<C>("").no_binary_name(true);
    let parsed = command.try_get_matches_from(protected).and_then(|matches| C::from_arg_matches(&matches));
    match parsed {
        Ok(chosen) => Choice::Chosen(chosen),
        Err(_) => Choice::Unknown(first),
    }
}

/// The words after a leaf's name, as they were typed.
pub fn rest(rest: Rest) -> Vec<String> {
    rest.words.into_iter().map(|word| if word == DOUBLE_DASH { "--".to_owned() } else { word }).collect()
}

/// A tree with the leaves of `C` and nothing that clap adds by itself.
pub fn bare<C: Subcommand>(name: &'static str) -> Command {
    C::augment_subcommands(
        Command::new(name).disable_help_flag(true).disable_help_subcommand(true).disable_version_flag(true),
    )
    .mut_subcommands(|leaf| leaf.disable_help_flag(true).disable_help_subcommand(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Subcommand, Debug, PartialEq, Eq)]
    enum Leaf {
        #[command(alias = "up")]
        On(Rest),
        Help(Rest),
    }

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn leaves_aliases_and_refusals() {
        assert_eq!(choose::<Leaf>(&words("up")), Choice::Chosen(Leaf::On(Rest::default())));
        assert_eq!(choose::<Leaf>(&words("upp x")), Choice::Unknown("upp"));
        assert_eq!(choose::<Leaf>(&words("-h")), Choice::Unknown("-h"));
        assert_eq!(choose::<Leaf>(&[String::new()]), Choice::Unknown(""));
        assert_eq!(choose::<Leaf>(&[]), Choice::Missing);
    }

    #[test]
    fn words_survive_whatever_they_look_like() {
        for line in ["-5 --json", "-- -x", "help -h --help", "--", "a -- b --"] {
            let given = words(&format!("on {line}"));
            match choose::<Leaf>(&given) {
                Choice::Chosen(Leaf::On(leaf)) => assert_eq!(rest(leaf), words(line), "{line}"),
                other => panic!("{line}: {other:?}"),
            }
        }
    }
}
