import Foundation
import NIOHTTP1
import TestNumbers
import Testing

@testable import S3Store

/// What stores answer and what credentials files hold is read without harm, whatever it is.
@Suite struct AnswerFuzzTests {
    private static let pieces = [
        "<", ">", "</", "/>", "<a>", "</a>", "<a b='c'>", "&amp;", "&#x1f642;", "&#0;", "&#xd800;", "&bogus;", "&", "<![CDATA[",
        "]]>",
        "<!--", "-->", "<?xml", "?>", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "<Contents>", "<Key>", "</Key>", "<Size>-1</Size>",
        "<Size>99999999999999999999</Size>", "<IsTruncated>true</IsTruncated>", "\u{0}", "é", "%", "%zz", "=", "[", "]", "\n",
        " ",
        "aws_access_key_id", "[profile ]",
    ].map { Array($0.utf8) }

    private static func mutated(_ good: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = good
        for _ in 0...Int.random(in: 0...3, using: &generator) {
            let at = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &generator) }
            case 1: bytes.removeLast(bytes.count - at)
            case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...30, using: &generator)))
            case 3: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 50)], at: at)
            default: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: at)
            }
        }
        return bytes
    }

    private static let list = Array(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>p%2F</Prefix><KeyCount>2</KeyCount>
        <IsTruncated>true</IsTruncated><EncodingType>url</EncodingType><NextContinuationToken>abc=</NextContinuationToken>
        <Contents><Key>p/a+b%2Bc</Key><Size>12</Size><ETag>&quot;x&quot;</ETag></Contents>
        <Contents><Key>p/%C3%A9</Key><Size>0</Size></Contents></ListBucketResult>
        """.utf8)
    private static let refusal = Array(
        "<?xml version='1.0'?><!-- x --><Error><Code>NoSuchKey</Code><Message>a &lt;b&gt; <![CDATA[c & d]]></Message></Error>"
            .utf8)
    private static let uploads = Array(
        "<ListMultipartUploadsResult><Upload><Key>a</Key><UploadId>1</UploadId><Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload></ListMultipartUploadsResult>"
            .utf8)

    @Test func whatIsWellFormedIsRead() throws {
        let page = try #require(ObjectPage(Self.list))
        #expect(page.items == [.init(key: "p/a b+c", size: 12), .init(key: "p/é", size: 0)])
        #expect(page.continuation == "abc=")
        let problem = S3Problem(status: 404, body: Self.refusal, region: nil)
        #expect(problem.code == "NoSuchKey" && problem.message == "a <b> c & d")
        #expect(try #require(UploadPage(Self.uploads)).items.map(\.upload) == ["1"])
        #expect(S3Problem(status: 503, body: Array("<html>".utf8), region: nil).shown == "HTTP 503")
    }

    @Test func whatIsNotIsRefused() {
        let bad = [
            "", "<a>", "<a></b>", "<a><b></a></b>", "<a>&bogus;</a>", "<a>&#xd800;</a>", "<a/><b/>", "text", "<a/>text",
            "<a b=c/>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a>\u{1f642}", "<a><![CDATA[</a>", "<a><!-- </a>",
            String(repeating: "<a>", count: 1000) + String(repeating: "</a>", count: 1000),
        ]
        for text in bad { #expect(XMLElement(document: Array(text.utf8)) == nil, "\(text.prefix(40))") }
        #expect(XMLElement(document: [0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]) == nil)
    }

    @Test func changedAnswersAreReadInAnOrderlyWay() {
        var generator = SeededGenerator(seed: 1)
        for good in [Self.list, Self.refusal, Self.uploads] {
            for _ in 0..<4000 {
                let bad = Self.mutated(good, &generator)
                if let page = ObjectPage(bad) { #expect(page.items.allSatisfy { $0.size >= 0 }) }
                _ = UploadPage(bad)
                let problem = S3Problem(status: 500, body: bad, region: nil)
                #expect(problem.message.count <= 301 && problem.code.count <= 101)
            }
        }
    }

    @Test func changedCredentialsFilesAreReadInAnOrderlyWay() {
        let good = Array("[default]\naws_access_key_id = A\naws_secret_access_key = B\n[profile x]\nregion = r\n".utf8)
        var generator = SeededGenerator(seed: 2)
        for round in 0..<4000 {
            let text = String(decoding: Self.mutated(good, &generator), as: UTF8.self)
            let file = CredentialsFile(text, isConfig: round.isMultiple(of: 2))
            for profile in file.profiles {
                _ = file.region(of: profile)
                if let found = file.credentials(of: profile) { #expect(!found.accessKey.isEmpty) }
            }
        }
    }

    @Test func headersThatAreOddAreHarmless() {
        var generator = SeededGenerator(seed: 3)
        let dates = ["Fri, 24 May 2013 00:00:00 GMT", "2013-05-24T00:00:00.000Z", "120"]
        #expect(HTTPDate.read(dates[0]) == Date(timeIntervalSince1970: 1_369_353_600))
        #expect(HTTPDate.readISO(dates[1]) == Date(timeIntervalSince1970: 1_369_353_600))
        #expect(S3Client.pauseAsked(["retry-after": "120"]) == .seconds(120))
        let now = Date(timeIntervalSince1970: 1_369_353_590)
        #expect(S3Client.pauseAsked(["retry-after": dates[0]], now: now) == .seconds(10))
        for text in dates {
            for _ in 0..<2000 {
                let bad = String(decoding: Self.mutated(Array(text.utf8), &generator), as: UTF8.self)
                _ = (HTTPDate.read(bad), HTTPDate.readISO(bad))
                if let pause = S3Client.pauseAsked(["retry-after": bad]) { #expect(pause >= .zero && pause <= .seconds(86_400)) }
                _ = PercentEncoding.decode(bad)
            }
        }
    }

    @Test func retriesWaitAtRandomAndNotForEver() {
        var policy = RetryPolicy()
        policy.shortest = .milliseconds(100)
        policy.longest = .seconds(20)
        policy.patience = .seconds(300)
        func pause(_ tries: Int, _ share: Double, elapsed: Duration = .zero, asked: Duration? = nil, known: Bool = true)
            -> Duration?
        {
            policy.pause(after: tries, elapsed: elapsed, asked: asked, hasAnswered: known, share: share)
        }
        #expect(pause(1, 0) == .zero && pause(1, 1) == .milliseconds(100) && pause(3, 0.5) == .milliseconds(200))
        #expect(pause(60, 1) == .seconds(20))
        #expect(pause(1, 0.5, asked: .seconds(30)) == .seconds(30))
        #expect(pause(1, 0.5, asked: .seconds(400)) == nil)
        #expect(pause(9, 1, elapsed: .seconds(299)) == nil)
        #expect(pause(9, 1, elapsed: .seconds(30), known: false) == nil)
        // A store may be silent for as long as there is patience, within reason.
        #expect(policy.silence(hasAnswered: true) == .seconds(60) && policy.silence(hasAnswered: false) == .seconds(20))
        policy.patience = .seconds(30)
        policy.firstPatience = .zero
        #expect(policy.silence(hasAnswered: true) == .seconds(30) && policy.silence(hasAnswered: false) == .seconds(10))
    }
}
