import Foundation
import TestBuckets
import Testing

@testable import S3Store

/// Signature V4 against the examples that AWS has published, and against botocore.
@Suite struct SignatureTests {
    /// Of the page "Authenticating Requests: Using the Authorization Header" of the Amazon S3 API reference.
    private static let example = SignatureV4(
        credentials: S3Credentials(
            accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), region: "us-east-1")
    private static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private static func signature(
        _ method: String, _ path: String, _ query: [(name: String, value: String)] = [],
        _ headers: [(name: String, value: String)] = [], payload: String = empty
    ) -> String {
        let stamp = "20130524T000000Z"
        let all =
            headers + [("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", stamp), ("x-amz-content-sha256", payload)]
        let text = example.authorization(
            .init(method: method, path: path, query: query, headers: all, payload: payload), stamp: stamp)
        return String(text.suffix(64))
    }

    @Test func theExamplesOfAWSAreSignedAlike() {
        #expect(
            Self.signature("GET", "/test.txt", [], [("Range", "bytes=0-9")])
                == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        #expect(
            Self.signature(
                "PUT", "/test$file.text", [],
                [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
                payload: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
                == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
        #expect(
            Self.signature("GET", "/", [("lifecycle", "")])
                == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        #expect(
            Self.signature("GET", "/", [("max-keys", "2"), ("prefix", "J")])
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    /// The first of the general test suite: another service, and no header with the payload's hash.
    @Test func theGeneralExampleIsSignedAlike() {
        let signer = SignatureV4(
            credentials: S3Credentials(accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1", service: "service")
        let stamp = "20150830T123600Z"
        let text = signer.authorization(
            .init(
                method: "GET", path: "/", headers: [("Host", "example.amazonaws.com"), ("X-Amz-Date", stamp)],
                payload: Self.empty), stamp: stamp)
        #expect(
            text
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        )
    }

    @Test func timesAreWrittenInUTC() {
        #expect(SignatureV4.timestamp(of: Date(timeIntervalSince1970: 1_369_353_600)) == "20130524T000000Z")
        #expect(SignatureV4.timestamp(of: Date(timeIntervalSince1970: 1_709_251_199.9)) == "20240229T235959Z")
    }

    private struct Case: Codable {
        var method: String
        var path: String
        var query: [[String]]
        var headers: [[String]]
        var token: String?
        var region: String
        var signature = ""
    }

    /// Keys and parameters with everything that is encoded in one way or another.
    private static let cases: [Case] = {
        let paths = [
            "/bucket/plain", "/bucket/with blank", "/bucket/a+b&c=d?e", "/bucket/été/日本/🙂", "/bucket/~tilde-_.x",
            "/bucket/%41%2F",
            "/bucket/a//b/./c/../d", "/bucket/quote'\"<>{}|\\^`", "/bucket/star*comma,semi;colon:at@", "/", "/bucket/",
        ]
        let queries: [[[String]]] = [
            [], [["list-type", "2"], ["prefix", "été a+b/"], ["start-after", "a b~"], ["max-keys", "10"]],
            [["uploads", ""]], [["b", "2"], ["a", "1"], ["B", "3"], ["a-", "x"], ["a", "0"]], [["key", "=&?/:"]],
        ]
        let headers = [[["range", "bytes=1-2"]], [["x-amz-meta-x", "  two   blanks "]], [["If-None-Match", "*"]]]
        var cases: [Case] = []
        for (number, path) in paths.enumerated() {
            for query in queries {
                cases.append(
                    Case(
                        method: ["GET", "PUT", "DELETE", "POST"][number % 4], path: path, query: query,
                        headers: headers[number % 3], token: number.isMultiple(of: 2) ? nil : "to/ken+==",
                        region: number.isMultiple(of: 3) ? "auto" : "eu-west-3"))
            }
        }
        return cases
    }()

    @Test func botocoreSignsAlike() async throws {
        let stamp = "20260102T030405Z"
        let credentials = ("AKIDEXAMPLE", "wJalr/XUtn+FEMI")
        var cases = Self.cases
        for number in cases.indices {
            let one = cases[number]
            var headers = one.headers.map { (name: $0[0], value: $0[1]) }
            headers += [("host", "store.example.org:9000"), ("x-amz-date", stamp), ("x-amz-content-sha256", Self.empty)]
            if let token = one.token { headers.append(("x-amz-security-token", token)) }
            let signer = SignatureV4(
                credentials: S3Credentials(accessKey: credentials.0, secretKey: credentials.1, sessionToken: one.token),
                region: one.region)
            cases[number].signature = signer.authorization(
                .init(
                    method: one.method, path: one.path, query: one.query.map { ($0[0], $0[1]) }, headers: headers,
                    payload: Self.empty), stamp: stamp)
        }
        struct Input: Encodable {
            let stamp, access, secret: String
            let cases: [Case]
            func encode(to encoder: any Encoder) throws {
                var list = encoder.unkeyedContainer()
                try list.encode(stamp)
                try list.encode(access)
                try list.encode(secret)
                try list.encode(cases)
            }
        }
        let output = try await Python.run(
            "sign_with_botocore.py",
            input: JSONEncoder().encode(Input(stamp: stamp, access: credentials.0, secret: credentials.1, cases: cases)))
        #expect(output == "[\(cases.count), []]\n")
    }
}
