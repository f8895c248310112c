import Testing

@testable import Assets

@Suite("How a table is cut into parts")
struct PartPlanTests {
    @Test("A small table is one part without conditions")
    func small() {
        let plan = PartPlan(blocks: 100, bytes: 819_200, partBytes: 1 << 20)
        #expect(plan.parts == [.init(firstBlock: 0, endBlock: nil)])
        #expect(plan.parts[0].condition == nil)
    }

    @Test(
        "Parts cover every block once, and the last one has no end",
        arguments: [2, 3, 7, 100, 1023, 1024, 16_385, 1_000_003] as [Int64])
    func coverage(_ blocks: Int64) {
        let parts = PartPlan(blocks: blocks, bytes: blocks * 8192 + 50_000, partBytes: 8192 * 5).parts
        #expect(parts.first?.firstBlock == 0)
        for (left, right) in zip(parts, parts.dropFirst()) { #expect(left.endBlock == right.firstBlock) }
        #expect(parts.last?.endBlock == nil)
        #expect(parts.allSatisfy { $0.firstBlock < blocks })
        #expect(parts.count <= 4096)
    }

    @Test("Parts stay where they were when the table grows")
    func growth() {
        let before = PartPlan(blocks: 100_000, bytes: 100_000 * 8200, partBytes: 128 << 20).parts
        let after = PartPlan(blocks: 130_000, bytes: 130_000 * 8200, partBytes: 128 << 20).parts
        #expect(before.count > 3)
        #expect(Array(after.prefix(before.count - 1)) == Array(before.dropLast()))
    }

    @Test("A table whose bytes are mostly beside it is cut by those")
    func wide() {
        let plan = PartPlan(blocks: 64, bytes: 10 << 30, partBytes: 128 << 20)
        #expect(plan.parts.count == 64)
    }
}
