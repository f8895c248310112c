import ArgumentParser
import Language

/// Prints the script that lets a shell complete Reprise's commands and options.
struct Completion: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "completion", abstract: say("Prints the script with which a shell completes commands and options."),
            discussion: examples(
                ("reprise completion bash > ~/.local/share/bash-completion/completions/reprise", "bash"),
                ("reprise completion zsh > ~/.zfunc/_reprise", "zsh, with ~/.zfunc in fpath"),
                ("reprise completion fish > ~/.config/fish/completions/reprise.fish", "fish")))
    }

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    @Argument(help: help("bash, zsh or fish."))
    var shell: Shell

    @OptionGroup var global: GlobalOptions

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let shell: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        invocation.console.print(Reprise.completionScript(for: shell))
        return .done
    }
}
