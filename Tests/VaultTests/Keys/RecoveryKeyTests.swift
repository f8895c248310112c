import Language
import Testing

@testable import Vault

@Suite struct RecoveryKeyTests {
    private let key = RecoveryKey(seed: (0..<32).map { $0 }, fingerprint: (100..<108).map { $0 })

    /// It stands on paper and must never read otherwise; worked out from the words of docs/FORMAT.md.
    @Test func itsTextIsPinned() throws {
        #expect(
            key.text
                == "reprise-1-000g4-0r40m-30e20-9185g-r38e1-w8124-gk2ga-hc5rr-34d1p-70x3r-fp8sb-6cxm6-jtkbh-rg90y-0")
        #expect(try RecoveryKey(key.text).text == key.text)
    }

    @Test func itIsReadHoweverItIsTyped() throws {
        let text = key.text
        for typed in [
            text.uppercased(), text.replacing("-", with: ""), text.replacing("-", with: " "), " \n\t" + text + " \n",
            text.replacing("0", with: "O").replacing("1", with: "I"), text.replacing("0", with: "o").replacing("1", with: "l"),
            text.replacing("-", with: "–"), String(text.dropFirst("reprise-1-".count)),
        ] {
            #expect(try RecoveryKey(typed).text == text, "\(typed)")
        }
    }

    @Test func oneWrongCharacterIsNoticed() throws {
        let digits = Array(key.text.dropFirst("reprise-1-".count))
        // The last character carries three bits of padding, which mean nothing.
        for index in digits.indices.dropLast() where digits[index] != "-" {
            var typed = digits
            typed[index] = typed[index] == "7" ? "8" : "7"
            let error = #expect(throws: VaultError.self, "\(index)") { try RecoveryKey(String(typed)) }
            #expect(error?.code == .badKey)
            #expect(error?.message.description == "The recovery key is mistyped: its checksum does not fit.")
        }
    }

    @Test func twoSwappedCharactersAreNoticed() throws {
        var digits = Array(key.text.dropFirst("reprise-1-".count).filter { $0 != "-" })
        for index in digits.indices.dropLast(2) where digits[index] != digits[index + 1] {
            digits.swapAt(index, index + 1)
            #expect(throws: VaultError.self, "\(index)") { try RecoveryKey(String(digits)) }
            digits.swapAt(index, index + 1)
        }
    }

    @Test func whatIsMissingOrImpossibleIsNamed() {
        let short = #expect(throws: VaultError.self) { try RecoveryKey(String(key.text.dropLast(3))) }
        #expect(short?.message.description == "The recovery key has 69 characters instead of 71 behind «reprise-1».")
        let empty = #expect(throws: VaultError.self) { try RecoveryKey("") }
        #expect(empty?.message.description == "The recovery key has 0 characters instead of 71 behind «reprise-1».")
        let odd = #expect(throws: VaultError.self) { try RecoveryKey(key.text.dropLast() + "u") }
        #expect(odd?.message.description == "The recovery key has the character «u», which none has.")
    }
}
