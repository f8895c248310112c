import Language

/// The end of a command's help: what to type, and under it what it does. `HelpPage` wraps it.
func examples(_ examples: (command: String, does: Phrase)..., about: Phrase? = nil) -> String {
    let lines = examples.flatMap { ["  " + $0.command, "      " + say($0.does)] }
    let text = ([say(HelpPage.examplesTitle)] + lines).joined(separator: "\n")
    return about.map { say($0) + "\n\n" + text } ?? text
}
