import Testing

@testable import Vault

/// The sums themselves. The expected bytes were computed by an independent program (schoolbook products of polynomials).
@Suite struct ParityCodeTests {
    private let runs = (0..<16).map { i in (0..<20 + i).map { j in UInt8((i * 37 + j * 11 + i * j % 251) % 256) } }

    @Test func sumsAreThoseOfAnIndependentProgram() {
        let sums = Self.sums(runs)
        #expect(sums[0].hex == "0080700080607080e0401000c0a090c000cf4e80150e5b17eb45d50049c23000bdcea9")
        #expect(sums[1].hex == "27b2a0619ed4dc35821cac63f864a8319d6adb0f3de852460e266b2710da8b9c9a7355")
        #expect((0..<16).map(ParityCode.power) == [1, 2, 4, 8, 16, 32, 64, 128, 29, 58, 116, 232, 205, 135, 19, 38])
        #expect(ParityCode.multiply(0x53, 0xca) == 143 && ParityCode.multiply(0xff, 0xff) == 226)
    }

    @Test func everyNumberHasItsInverse() {
        for number in 1...UInt8.max { #expect(ParityCode.multiply(number, ParityCode.inverse(number)) == 1) }
    }

    /// Of 16 runs and their two sums, every one and every two come back.
    @Test(arguments: [1, 2, 3, 16]) func everyLossOfTwoComesBack(count: Int) {
        let runs = Array(runs.prefix(count))
        let sums = Self.sums(runs)
        for first in 0..<count + 2 {
            for second in first..<count + 2 {
                let missing = Set([first, second])
                let known = (0..<2).map { missing.contains(count + $0) ? nil : sums[$0] as [UInt8]? }
                let lost = missing.filter { $0 < count }.sorted()
                var code = ParityCode(width: sums[0].count)
                for (number, run) in runs.enumerated().reversed() { code.prepend(lost.contains(number) ? nil : run) }
                let found = code.solve(lost, known: known)
                #expect(found?.count == lost.count)
                for (number, run) in zip(lost, found ?? []) {
                    #expect(Array(run.prefix(runs[number].count)) == runs[number], "\(missing) of \(count)")
                }
            }
        }
    }

    @Test func aLossOfThreeIsRefused() {
        let sums = Self.sums(runs)
        let code = ParityCode(width: 35)
        #expect(code.solve([0, 1, 2], known: sums) == nil)
        #expect(code.solve([0, 1], known: [sums[0], nil]) == nil)
        #expect(code.solve([0], known: [nil, nil]) == nil)
    }

    @Test func aSumOfAnotherLengthIsRefused() {
        let sums = Self.sums(runs)
        let width = sums[0].count
        let others: [[UInt8]] = [Array(sums[0].dropLast()), sums[0] + [0], sums[0] + Array(repeating: 0, count: 64), []]
        for other in others {
            var code = ParityCode(width: width)
            for (number, run) in runs.enumerated().reversed() { code.prepend(number == 3 ? nil : run) }
            #expect(code.solve([3], known: [sums[0], sums[1]])?.count == 1)
            #expect(code.solve([3], known: [other, sums[1]]) == nil, "\(other.count) bytes instead of \(width)")
            #expect(code.solve([3], known: [nil, other]) == nil)
        }
    }

    private static func sums(_ runs: [[UInt8]]) -> [[UInt8]] {
        let width = runs.map(\.count).max() ?? 0
        var code = ParityCode(width: width)
        for run in runs.reversed() { code.prepend(run) }
        return code.sums(width)
    }
}
