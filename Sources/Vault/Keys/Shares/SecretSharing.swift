import Crypto

/// Shamir's secret sharing as SLIP-0039 has it: byte by byte over GF(256) with the polynomial of AES, the secret at x = 255 and a
/// digest of it at x = 254, so that shares that do not belong together show.
enum SecretSharing {
    struct Point: Sendable {
        let x: UInt8
        let y: [UInt8]
    }

    static let mostShares = 16
    private static let secretX: UInt8 = 255
    private static let digestX: UInt8 = 254
    private static let digestWidth = 4

    /// - Parameters:
    ///   - random: gives so many bytes that nobody can know.
    static func split(
        _ secret: [UInt8], threshold: Int, count: Int, random: (Int) -> [UInt8] = { randomBytes($0) }
    ) -> [Point] {
        precondition(2...mostShares ~= threshold && threshold...mostShares ~= count && secret.count > digestWidth)
        var points = (0..<(threshold - 2)).map { Point(x: UInt8($0), y: random(secret.count)) }
        let filler = random(secret.count - digestWidth)
        let base = points + [Point(x: digestX, y: digest(filler, secret) + filler), Point(x: secretX, y: secret)]
        for x in (threshold - 2)..<count { points.append(Point(x: UInt8(x), y: interpolate(base, at: UInt8(x)))) }
        return points
    }

    /// The secret, or nil where the points do not belong together.
    ///
    /// - Parameter points: exactly as many as the threshold, with different x and equally long y.
    static func join(_ points: [Point]) -> [UInt8]? {
        let secret = interpolate(points, at: secretX)
        let proof = interpolate(points, at: digestX)
        guard Array(proof.prefix(digestWidth)) == digest(Array(proof.dropFirst(digestWidth)), secret) else { return nil }
        return secret
    }

    private static func digest(_ key: [UInt8], _ secret: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: secret, using: SymmetricKey(data: key)).prefix(digestWidth))
    }

    /// The value at `x` of the polynomial through the points (Lagrange).
    private static func interpolate(_ points: [Point], at x: UInt8) -> [UInt8] {
        if let point = points.first(where: { $0.x == x }) { return point.y }
        var result = [UInt8](repeating: 0, count: points.first?.y.count ?? 0)
        for point in points {
            var numerator: UInt8 = 1
            var denominator: UInt8 = 1
            for other in points where other.x != point.x {
                numerator = multiply(numerator, other.x ^ x)
                denominator = multiply(denominator, other.x ^ point.x)
            }
            let weight = multiply(numerator, inverse(denominator))
            for index in result.indices { result[index] ^= multiply(point.y[index], weight) }
        }
        return result
    }

    /// Without tables or branches on the bytes, which are secret.
    private static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var (a, product) = (left, UInt8(0))
        for bit in 0..<8 {
            product ^= a & (0 &- (right >> UInt8(bit) & 1))
            a = a << 1 ^ (0x1b & (0 &- (a >> 7)))
        }
        return product
    }

    /// By Fermat: the 254th power.
    private static func inverse(_ value: UInt8) -> UInt8 {
        var (power, result) = (value, UInt8(1))
        for _ in 0..<7 {
            power = multiply(power, power)
            result = multiply(result, power)
        }
        return result
    }
}
