"""What swift_phrases.py finds in Swift, and what it leaves alone."""

import pathlib
import tempfile
import unittest

from swift_phrases import phrases_of

SOURCE = r'''
public struct StoreError: ExplainedError {
    public let message: Phrase
    public init(_ code: Code, _ message: Phrase, hint: Phrase? = "a default hint") { self.message = message }
}
struct Mark { let text: Phrase; let style: String }
enum Section { case title(Phrase), verbatim(String) }
func examples(_ examples: (command: String, does: Phrase)..., about: Phrase? = nil) -> String { "no phrase" }
func say(_ phrase: Phrase) -> String { phrase.rendered(in: .english) }
func log(_ line: String) {}

extension Page {
    var hint: Phrase? { "a property" }
    var name: String { "no phrase" }
    var title: Phrase {
        switch self {
        case .one: "a case"
        case .two where text == "no phrase": "a case with a condition"
        default: isLong ? "a long one" : "a short one"
        }
    }
    func newest(_ asset: Asset) -> Phrase {
        guard let newest = asset.newest(named: "no phrase") else { return "a guard" }
        return "\(newest.map { "no phrase \($0)" } ?? "no phrase") stands in \(asset.name)"
    }
    func run() throws {
        log("no phrase")
        let plain = "no phrase"
        let chosen: Phrase = list.first.map { "mapped \($0)" } ?? "nothing to map"
        var more = chosen
        more = "an assignment to what is a phrase by inference"
        var parts: [Phrase] = ["an element"]
        if parts.isEmpty { parts.append("appended \(plain)") }
        let actions: [(Action, Phrase)] = [(.load, "in a tuple")]
        let mark = Mark(text: "a memberwise argument", style: "no phrase")
        show([.title("the payload of a case"), .verbatim("no phrase")], ("written out" as Phrase).key)
        _ = examples(("no phrase", "an example"), about: "about the examples")
        throw StoreError(.full, "No space is left in \(folder.replacing("no phrase", with: "no phrase")).", hint: "Free \"some\".\n")
    }
}
'''

EXPECTED = {
    "a default hint", "a property", "a case", "a case with a condition", "a long one", "a short one", "a guard", "%1 stands in %2",
    "mapped %1", "nothing to map", "an assignment to what is a phrase by inference", "an element", "appended %1", "in a tuple",
    "a memberwise argument", "the payload of a case", "written out", "an example", "about the examples", "No space is left in %1.",
    'Free "some".\n',
}  # fmt: skip


class SwiftPhrases(unittest.TestCase):
    def test_literals_that_the_compiler_reads_as_phrases_are_found(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "Sample.swift"
            file.write_text(SOURCE, encoding="utf-8")
            self.assertEqual(set(phrases_of([file])), EXPECTED)

    def test_a_phrase_has_the_place_that_says_it(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "Sample.swift"
            file.write_text('// a comment with "quotes"\nlet x: Phrase = """\n    one\n      two \\\n    three\n    """\n', encoding="utf-8")
            self.assertEqual(phrases_of([file]), {"one\n  two three": [(file, 2)]})


if __name__ == "__main__":
    unittest.main()
