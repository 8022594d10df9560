//! What stands below the help of each command: lines to be typed as they are. They must be true: a test reads each of them
//! as the program would.

pub(super) const ALL: &str = "\
The way from Close to Twenty:
  close2twenty audit export/                      what is in it, and what is missing?
  close2twenty plan export/ -o mapping.toml       the map, to be read and changed
  close2twenty convert export/ -o bundle --mapping mapping.toml
  close2twenty check bundle                       what would Twenty refuse?
Then follow bundle/GUIDE.md, or push it.";

pub(super) const AUDIT: &str = "\
Examples:
  close2twenty audit export/
  close2twenty audit leads.json users.json custom_fields.json
  close2twenty audit 'export/*.json.gz' --format json";

pub(super) const PLAN: &str = "\
Examples:
  close2twenty plan export/
  close2twenty plan export/ -o mapping.toml --workspace workspace.json
Run it again with a newer export: your decisions stay, what is new is added.";

pub(super) const CONVERT: &str = "\
Examples:
  close2twenty convert export/ -o bundle
  close2twenty convert export/ -o bundle.zip --mapping mapping.toml --workspace workspace.json
  close2twenty convert export/ -o bundle --attachments downloads/
  close2twenty convert export/ -o trial --sample 100
  close2twenty convert newer/ -o update --since bundle";

pub(super) const MERGE: &str = "\
Example, with two machines that see the same files:
  close2twenty convert export/ -o part-1 --shard 1/2
  close2twenty convert export/ -o part-2 --shard 2/2
  close2twenty merge part-1 part-2 -o bundle";

pub(super) const CHECK: &str = "\
Examples:
  close2twenty check bundle
  close2twenty check bundle.zip --workspace workspace.json
  close2twenty check people.csv --object person
Ends with exit code 0 when nothing is found, 3 when something is.";

pub(super) const EXPLAIN: &str = "\
Examples:
  close2twenty explain C2T-E011
  close2twenty explain --list
  close2twenty explain lead_9f3K --bundle bundle
  close2twenty explain cont_7aQm --bundle bundle.zip --export export/";

pub(super) const COMPLETIONS: &str = "\
Examples:
  close2twenty completions bash > ~/.local/share/bash-completion/completions/close2twenty
  close2twenty completions fish > ~/.config/fish/completions/close2twenty.fish
  close2twenty completions zsh > \"${fpath[1]}/_close2twenty\"";

pub(super) const MAN: &str = "\
Examples:
  close2twenty man | man -l -
  close2twenty man convert | man -l -
  close2twenty man --all ~/.local/share/man/man1";

#[cfg(feature = "network")]
pub(super) const WORKSPACE: &str = "\
Examples, with the API key in TWENTY_API_KEY:
  close2twenty workspace --url https://crm.example.com
  close2twenty workspace --url https://api.twenty.com --api-key-file key.txt -o workspace.json";

#[cfg(feature = "network")]
pub(super) const PUSH: &str = "\
Examples, with the API key in TWENTY_API_KEY:
  close2twenty push bundle --url https://crm.example.com --dry-run
  close2twenty push bundle --url https://crm.example.com --pause-workflows
  close2twenty push bundle --url https://crm.example.com --only schema,records
Stopped or broken off, run the same again: it goes on where it was.";

#[cfg(feature = "network")]
pub(super) const VERIFY: &str = "\
Examples, with the API key in TWENTY_API_KEY:
  close2twenty verify bundle --url https://crm.example.com
  close2twenty verify bundle --url https://crm.example.com --sample 1000
Ends with exit code 0 when all is as the bundle says, 3 with findings.";

#[cfg(feature = "network")]
pub(super) const ROLLBACK: &str = "\
Examples, with the API key in TWENTY_API_KEY:
  close2twenty rollback bundle --url https://crm.example.com --dry-run
  close2twenty rollback bundle --url https://crm.example.com
  close2twenty rollback bundle --url https://crm.example.com --keep-schema";

#[cfg(test)]
mod tests {
    use crate::cli::Cli;
    use clap::{CommandFactory, Parser};

    #[test]
    fn every_example_is_a_command_line() {
        let mut seen = 0;
        let program = Cli::command();
        for command in std::iter::once(&program).chain(program.get_subcommands()) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let lines = help.lines().filter(|line| line.starts_with("  close2twenty "));
            for line in lines {
                // What stands behind a wide gap tells what the line is for; what stands behind a sign is the shell's.
                let line = line.trim().split("   ").next().unwrap_or_default();
                let line = line.split(['|', '>']).next().unwrap_or_default();
                let words = shlex::split(line).expect("words");
                if let Err(error) = Cli::try_parse_from(&words) {
                    panic!("{line}: {error}");
                }
                seen += 1;
            }
            let name = command.get_name();
            assert!(!help.is_empty(), "{name} has no examples");
        }
        assert!(seen > 15, "{seen}");
    }
}
