//! Reading the command line: help where it is asked for, one line for a mistake, and with `--json` a document as well.

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser as _, error::ErrorKind};

use crate::{
    bench,
    cli::Cli,
    connect, dhparam, doctor,
    exit::{Exit, Usage},
    render,
};

/// Reads the arguments, the program's name first. What could not be read has been told.
pub(crate) fn parse(mut arguments: Vec<OsString>) -> Result<Cli, Exit> {
    dhparam::openssl_style(&mut arguments);
    let error = match Cli::try_parse_from(&arguments) {
        Ok(cli) => return Ok(cli),
        Err(error) => error,
    };
    match error.kind() {
        // A reader that has gone away has seen enough.
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            Err(Exit::Good)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            Err(Exit::Usage)
        }
        _ => {
            let command = command(&arguments);
            let help = command.as_deref().map_or_else(String::new, |command| format!("{command} "));
            let fix = format!("see tlsmith {help}--help");
            let usage = Usage::new("usage.arguments", message(&error.render().to_string()), fix);
            if arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--json") {
                // The exit code says already that it did not go well.
                match command.as_deref().and_then(|command| command.split(' ').next()) {
                    Some("connect") => connect::refused("", &usage),
                    Some("doctor") => doctor::refused("", &usage),
                    Some("bench") => bench::refused("", &usage),
                    _ => render::json(&usage.document()),
                };
            }
            Err(usage.report())
        }
    }
}

/// The command that is meant, if one is, with its own: `cert show`.
fn command(arguments: &[OsString]) -> Option<String> {
    let mut words = arguments.iter().skip(1).filter(|argument| !argument.to_string_lossy().starts_with('-'));
    let known = Cli::command();
    let word = words.next()?;
    let command = known.get_subcommands().find(|known| word == known.get_name())?;
    let own = words.next().and_then(|word| command.get_subcommands().find(|known| word == known.get_name()));
    Some(match own {
        Some(own) => format!("{} {}", command.get_name(), own.get_name()),
        None => command.get_name().to_owned(),
    })
}

/// What clap says in paragraphs, as one line: what is wrong, and what else could be meant.
fn message(told: &str) -> String {
    let mut message = String::new();
    for line in told.lines().map(str::trim) {
        if line.starts_with("Usage:") || line.starts_with("For more information") {
            break;
        }
        let line = line.strip_prefix("error: ").unwrap_or(line);
        let (between, line) = match line.strip_prefix("tip: ") {
            // How to get the mistake accepted as a value is no help.
            Some(tip) if tip.starts_with("to pass") => continue,
            Some(tip) => ("; ", tip),
            None => (" ", line),
        };
        if !line.is_empty() {
            message.push_str(if message.is_empty() { "" } else { between });
            message.push_str(line);
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_become_a_line() {
        let told = "error: unexpected argument '--jsn' found\n\n  tip: a similar argument exists: '--json'\n\n\
                    Usage: tlsmith connect --json <HOST[:PORT]>\n\nFor more information, try '--help'.\n";
        assert_eq!(message(told), "unexpected argument '--jsn' found; a similar argument exists: '--json'");
        let told = "error: unexpected argument '--foo' found\n\n  tip: to pass '--foo' as a value, use '-- --foo'\n";
        assert_eq!(message(told), "unexpected argument '--foo' found");
        let told = "error: the following required arguments were not provided:\n  <A>\n  <B>\n\nUsage: x\n";
        assert_eq!(message(told), "the following required arguments were not provided: <A> <B>");
    }

    #[test]
    fn the_command_is_found_behind_options() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(command(&words("tlsmith --json serve --x")).as_deref(), Some("serve"));
        assert_eq!(command(&words("tlsmith cert show --x")).as_deref(), Some("cert show"));
        assert_eq!(command(&words("tlsmith cert shaw")).as_deref(), Some("cert"));
        assert_eq!(command(&words("tlsmith conect")), None);
        assert_eq!(command(&words("tlsmith --x")), None);
    }
}
