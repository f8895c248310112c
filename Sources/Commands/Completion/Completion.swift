import ArgumentParser
import Language

/// Prints the script that lets a shell complete Reprise's commands and options.
struct Completion: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "completion", abstract: say("Print the script with which a shell completes commands and options."),
            discussion: examples(
                ("reprise completion bash > ~/.local/share/bash-completion/completions/reprise", "bash"),
                ("reprise completion zsh > ~/.zfunc/_reprise", "zsh, with ~/.zfunc in fpath"),
                ("reprise completion fish > ~/.config/fish/completions/reprise.fish", "fish")))
    }

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    @Argument(help: help("The shell."))
    var shell: Shell

    @OptionGroup var global: GlobalOptions

    private struct Script: Encodable {
        let shell: String
        let script: String
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        let script = Reprise.completionScript(for: kind)
        invocation.console.result(Script(shell: shell.rawValue, script: script)) { invocation.console.print(script) }
        return .done
    }
}
