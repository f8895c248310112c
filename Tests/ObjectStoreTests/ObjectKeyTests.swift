import ObjectStore
import Testing

@Suite struct ObjectKeyTests {
    @Test(arguments: ["config", "packs/4f/4f0c", "a.b_c-d", "0", "..a", "a..", String(repeating: "k", count: 200)])
    func thisIsAKey(text: String) {
        #expect(ObjectKey(text)?.text == text)
    }

    @Test(arguments: [
        "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", "A", "é", "a b", "a\\b", "a\0", "a\n", "~", "a:b", "%41",
        String(repeating: "k", count: 201),
    ])
    func thisIsNone(text: String) {
        #expect(ObjectKey(text) == nil)
    }

    @Test func keysAreInOrderOfTheirBytes() {
        let sorted = ["a", "a-", "a.", "a/b", "a0", "a_", "aa"].compactMap { ObjectKey($0) }
        #expect(sorted.shuffled().sorted() == sorted)
    }
}
