/// Two sums over up to 255 runs of bytes, from which any two that are missing come back: the Reed–Solomon code of docs/FORMAT.md,
/// 10.4, over GF(256) with the polynomial x⁸ + x⁴ + x³ + x² + 1.
///
/// The first sum is that of all runs, the second that of run i times 2^i. Runs are as long as the longest, zeros behind their
/// end. Memory: the two sums. Work is done eight bytes at a time.
struct ParityCode: Sendable {
    private(set) var plain: [UInt8]
    private(set) var weighted: [UInt8]
    /// Bytes of the longest run, and so of each sum; `plain` and `weighted` are filled up.
    private let width: Int

    /// - Parameter width: bytes of the longest run.
    init(width: Int) {
        self.width = width
        // Whole words.
        plain = [UInt8](repeating: 0, count: (width + 7) / 8 * 8)
        weighted = plain
    }

    /// Adds the run before those that were added before; nil for one that is missing.
    mutating func prepend(_ run: [UInt8]?) {
        Self.double(&weighted)
        guard let run else { return }
        Self.add(run, to: &plain)
        Self.add(run, to: &weighted)
    }

    /// Both sums, of `width` bytes.
    func sums(_ width: Int) -> [[UInt8]] { [Array(plain.prefix(width)), Array(weighted.prefix(width))] }

    /// The missing runs, when all others were added and `self` holds nothing else. Nil where that is more than the sums can give,
    /// or where a sum is not as long as the longest run: then it is of other runs.
    ///
    /// - Parameters:
    ///   - missing: their ordinals, ascending.
    ///   - known: the sums of all runs; nil for one that is missing too.
    func solve(_ missing: [Int], known: [[UInt8]?]) -> [[UInt8]]? {
        guard missing.count <= known.count(where: { $0 != nil }), known.count == 2 else { return nil }
        guard known.allSatisfy({ $0 == nil || $0?.count == width }) else { return nil }
        var first = plain
        var second = weighted
        if let sum = known[0] { Self.add(sum, to: &first) }
        if let sum = known[1] { Self.add(sum, to: &second) }
        switch missing.count {
        case 0: return []
        case 1:
            if known[0] != nil { return [first] }
            Self.multiply(&second, by: Self.inverse(Self.power(missing[0])))
            return [second]
        case 2:
            // first = x + y, second = 2^i·x + 2^j·y
            let (i, j) = (Self.power(missing[0]), Self.power(missing[1]))
            let divisor = Self.inverse(i ^ j)
            var x = first
            Self.multiply(&x, by: j)
            Self.add(second, to: &x)
            Self.multiply(&x, by: divisor)
            Self.add(x, to: &first)
            return [x, first]
        default: return nil
        }
    }

    // MARK: - The field

    static func multiply(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var (a, b, product) = (a, b, UInt8(0))
        while b != 0 {
            if b & 1 == 1 { product ^= a }
            a = a << 1 ^ (a & 0x80 == 0 ? 0 : 0x1d)
            b >>= 1
        }
        return product
    }

    /// 2^n.
    static func power(_ exponent: Int) -> UInt8 { (0..<exponent).reduce(1) { power, _ in multiply(power, 2) } }

    static func inverse(_ a: UInt8) -> UInt8 {
        precondition(a != 0, "zero has no inverse")
        // a^254
        return (0..<253).reduce(a) { power, _ in multiply(power, a) }
    }

    /// Adds bytes to the beginning of a sum.
    private static func add(_ bytes: [UInt8], to sum: inout [UInt8]) {
        precondition(bytes.count <= sum.count, "no run is longer than the sums")
        bytes.withUnsafeBytes { source in
            sum.withUnsafeMutableBytes { target in
                let words = source.count / 8
                for word in 0..<words {
                    let both =
                        source.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
                        ^ target.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
                    target.storeBytes(of: both, toByteOffset: word * 8, as: UInt64.self)
                }
                for at in words * 8..<source.count { target[at] ^= source[at] }
            }
        }
    }

    /// Times 2, eight bytes at once.
    private static func double(_ sum: inout [UInt8]) {
        sum.withUnsafeMutableBytes { target in
            for word in 0..<target.count / 8 {
                let value = target.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
                let overflow = value >> 7 & 0x0101_0101_0101_0101
                let doubled = value << 1 & 0xfefe_fefe_fefe_fefe ^ overflow &* 0x1d
                target.storeBytes(of: doubled, toByteOffset: word * 8, as: UInt64.self)
            }
        }
    }

    private static func multiply(_ bytes: inout [UInt8], by factor: UInt8) {
        let table = (0...UInt8.max).map { multiply($0, factor) }
        bytes.withUnsafeMutableBufferPointer { bytes in
            table.withUnsafeBufferPointer { table in
                for at in bytes.indices { bytes[at] = table[Int(bytes[at])] }
            }
        }
    }
}
