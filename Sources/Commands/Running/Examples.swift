import Language

/// The end of a command's help: what to type, and what it does.
func examples(_ examples: (command: String, does: Phrase)..., about: Phrase? = nil) -> String {
    let widest = examples.map(\.command.count).max() ?? 0
    let lines = examples.map { example in
        "  " + example.command + String(repeating: " ", count: widest - example.command.count) + "   " + say(example.does)
    }
    let text = say("EXAMPLES:") + "\n" + lines.joined(separator: "\n")
    return about.map { say($0) + "\n\n" + text } ?? text
}
