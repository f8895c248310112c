import Language
import Testing

@testable import Plan

@Suite struct BucketAddressTests {
    @Test func whatIsNotSaidFollowsFromTheEndpoint() throws {
        struct Expected {
            let host: String
            var region: String?
            var isInHostName = false
            var path = ""
        }
        let cases: [(String, Expected)] = [
            ("s3://shop/v", .init(host: "s3.us-east-1.amazonaws.com", isInHostName: true)),
            ("s3://shop/v?region=eu-west-3", .init(host: "s3.eu-west-3.amazonaws.com", region: "eu-west-3", isInHostName: true)),
            ("s3://shop.example/v?region=eu-west-3", .init(host: "s3.eu-west-3.amazonaws.com", region: "eu-west-3")),
            (
                "s3://shop?endpoint=https://s3.eu-central-1.amazonaws.com",
                .init(host: "s3.eu-central-1.amazonaws.com", region: "eu-central-1", isInHostName: true)
            ),
            (
                "s3://shop?endpoint=https://abc.r2.cloudflarestorage.com",
                .init(host: "abc.r2.cloudflarestorage.com", region: "auto")
            ),
            (
                "s3://shop?endpoint=s3.us-west-004.backblazeb2.com",
                .init(host: "s3.us-west-004.backblazeb2.com", region: "us-west-004")
            ),
            (
                "s3://shop?endpoint=https://nyc3.digitaloceanspaces.com",
                .init(host: "nyc3.digitaloceanspaces.com", region: "nyc3")
            ),
            (
                "s3://shop?endpoint=https%3A%2F%2Fref.storage.supabase.co/storage/v1/s3/&region=eu-west-3",
                .init(host: "ref.storage.supabase.co", region: "eu-west-3", path: "/storage/v1/s3")
            ),
            ("s3://shop?endpoint=http://127.0.0.1:9000&style=path", .init(host: "127.0.0.1")),
            (
                "s3://shop?endpoint=https://minio.example.org:9000&style=host",
                .init(host: "minio.example.org", isInHostName: true)
            ),
        ]
        for (url, expected) in cases {
            let address = try BucketAddress(url)
            #expect(
                address.host == expected.host && address.region == expected.region
                    && address.isInHostName == expected.isInHostName
                    && address.path == expected.path, "\(url): \(address)")
        }
        let address = try BucketAddress("S3://shop-backups/a/b/?endpoint=http://[::1]:9000")
        #expect(address.bucket == "shop-backups" && address.prefix == "a/b" && address.host == "::1" && address.port == 9000)
        #expect(!address.isEncrypted)
        #expect(try BucketAddress("s3://shop?endpoint=http://minio.lan&insecure=true").isEncrypted == false)
    }

    @Test func aRegionFromElsewhereChoosesTheHostOfAWSAlone() throws {
        let aws = try BucketAddress("s3://shop/v")
        #expect(aws.region == nil && aws.host(in: "us-east-1") == "s3.us-east-1.amazonaws.com")
        #expect(aws.host(in: "eu-west-3") == "s3.eu-west-3.amazonaws.com")
        #expect(aws.host(in: "cn-north-1") == "s3.cn-north-1.amazonaws.com.cn")
        #expect(try BucketAddress("s3://shop/v?region=cn-north-1").host == "s3.cn-north-1.amazonaws.com.cn")
        let named = try BucketAddress("s3://shop/v?endpoint=https://s3.eu-central-1.amazonaws.com")
        #expect(named.host(in: "eu-west-3") == "s3.eu-central-1.amazonaws.com")
        let other = try BucketAddress("s3://shop/v?endpoint=http://127.0.0.1:9000")
        #expect(other.host(in: "eu-west-3") == "127.0.0.1")
        for wrong in ["", "eu west", "a.example.org/", "eu-west-3\n"] { #expect(!BucketAddress.isRegion(wrong)) }
    }

    @Test(arguments: [
        ("s3://", "no name of a bucket"), ("s3://Shop/v", "no name of a bucket"), ("s3://ab", "no name of a bucket"),
        ("s3://shop//v", "no prefix"), ("s3://shop/../v", "no prefix"), ("s3://shop/v?region=eu west", "blanks"),
        ("s3://shop/v#x", "blanks"), ("s3://shop/v?regoin=x", "is not known"), ("s3://shop/v?region=a&region=b", "said twice"),
        ("s3://shop/v?region=", "says nothing"), ("s3://shop/v?style=virtual", "neither host nor path"),
        ("s3://shop/v?endpoint=http://minio.lan", "without encryption"),
        ("s3://shop/v?endpoint=ftp://minio.lan", "no address"), ("s3://shop/v?endpoint=https://minio.lan:99999", "no address"),
        ("s3://shop/v?endpoint=https://a%20b", "no address"),
        ("s3://shop/v?endpoint=https://10.0.0.1&style=host", "made of numbers"),
        ("s3://shop/v?insecure=yes", "neither true nor false"),
    ]) func whatIsWrongIsSaid(url: String, words: String) {
        let flaw = #expect(throws: BucketAddress.Flaw.self) { _ = try BucketAddress(url) }
        #expect(flaw?.message.description.contains(words) == true, "\(url): \(flaw?.message.description ?? "")")
        #expect(flaw?.isSecret == false && flaw?.remedy.description.isEmpty == false)
        let problems = Examples.problems(Examples.small.replacing("./vault", with: "\"\(url)\""))
        #expect(problems.map(\.path) == ["vaults.local.url"] && problems.first?.line == 3)
    }

    @Test(arguments: [
        "s3://AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI@shop/v", "s3://AKIAIOSFODNN7EXAMPLE@shop/v",
        "s3://shop/v?secret=wJalrXUtnFEMI", "s3://shop/v?aws_secret_access_key=wJalrXUtnFEMI",
        "s3://shop/v?AccessKeyId=AKIAIOSFODNN7EXAMPLE", "s3://shop/v?X-Amz-Signature=wJalrXUtnFEMI",
        "s3://shop/v?endpoint=https://AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI@host",
        "s3://shop/v?endpoint=https%3A%2F%2FAKIAIOSFODNN7EXAMPLE%40host",
    ]) func credentialsInAURLAreRefusedAndNotRepeated(url: String) {
        let problems = Examples.problems(Examples.small.replacing("./vault", with: "\"\(url)\""))
        #expect(problems.map(\.code) == [.secretInPlan])
        let text = problems.map { "\($0.message) \($0.remedy)" }.joined()
        #expect(!text.contains("AKIA") && !text.contains("wJalr"), "\(text)")
    }

    @Test func credentialsAreNamedAndNeverWritten() throws {
        for text in ["env:R2", "file:~/r2.credentials", "profile:backup"] {
            #expect(BucketCredentials(text)?.description == text)
        }
        for text in [
            "", "R2", "env:", "env:1A", "env:A B", "file:", "file:///x", "profile:", "profile:a b", "AKIAIOSFODNN7EXAMPLE",
        ] {
            #expect(BucketCredentials(text) == nil, "\(text)")
        }
        let yaml = Examples.small.replacing("{ url: ./vault }", with: "{ url: \"s3://shop/v\", credentials: \"AKIA:secret\" }")
        let problems = Examples.problems(yaml)
        #expect(problems.map(\.path) == ["vaults.local.credentials"] && !problems[0].message.description.contains("AKIA"))
        #expect(
            Examples.problems(Examples.small.replacing("./vault }", with: "./vault, credentials: env:R2 }")).map(\.path) == [
                "vaults.local.credentials"
            ])
    }

    /// Bounded: nothing that stands there crashes or is taken for an address with a secret in it.
    @Test func oddURLsAreReadInAnOrderlyWay() {
        let pieces = [
            "s3://", "shop", "/", "?", "&", "=", "endpoint", "region", "http://", "[::1]", ":", "%", "%40", "@", "é", "", "style",
            "host", "..", "a",
        ]
        var state: UInt64 = 7
        for _ in 0..<20_000 {
            var url = "s3://"
            for _ in 0..<Int(state % 9) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                url += pieces[Int(state >> 33) % pieces.count]
            }
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            guard let address = try? BucketAddress(url) else { continue }
            #expect(!address.bucket.isEmpty && !address.host.isEmpty && !url.contains("@"))
        }
    }
}
