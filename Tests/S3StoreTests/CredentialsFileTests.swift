import Testing

@testable import S3Store

@Suite struct CredentialsFileTests {
    @Test func profilesAreRead() {
        let file = CredentialsFile(
            """
            # mine
            [default]
            aws_access_key_id = AKIA1
            aws_secret_access_key=se/cr=et
            ; theirs
            [ backup ]
            AWS_ACCESS_KEY_ID=AKIA2
            aws_secret_access_key = two
            aws_session_token = token==
            [half]
            aws_access_key_id = AKIA3
            """)
        #expect(file.profiles == ["default", "backup", "half"])
        #expect(file.credentials(of: "default") == S3Credentials(accessKey: "AKIA1", secretKey: "se/cr=et"))
        #expect(file.credentials(of: "backup") == S3Credentials(accessKey: "AKIA2", secretKey: "two", sessionToken: "token=="))
        #expect(file.credentials(of: "half") == nil)
        #expect(file.credentials(of: "none") == nil)
    }

    @Test func theConfigsSectionsAreCalledOtherwise() {
        let file = CredentialsFile(
            """
            [default]
            region = eu-west-3
            [profile backup]
            region = auto
            s3 =
              max_concurrent_requests = 20
              region = no
            [services local]
            region = never
            """, isConfig: true)
        #expect(file.profiles == ["default", "backup"])
        #expect(file.region(of: "default") == "eu-west-3")
        #expect(file.region(of: "backup") == "auto")
        #expect(file.region(of: "local") == nil)
    }

    @Test func credentialsShowNothingOfThemselves() {
        let credentials = S3Credentials(accessKey: "AKIAEXAMPLE", secretKey: "wJalrXUtnFEMI", sessionToken: "FwoGZXIvYXdz")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in [dumped, "\(credentials)", String(reflecting: credentials)] {
            #expect(!text.contains("AKIA") && !text.contains("wJalr") && !text.contains("FwoG"))
        }
        #expect(credentials.redacted("a wJalrXUtnFEMI b FwoGZXIvYXdz") == "a … b …")
        let other = S3Credentials(accessKey: "AKIDEXAMPLE", secretKey: "wJalr/XUtn+FEMI")
        #expect(other.redacted("AKIDEXAMPLE wJalr%2FXUtn%2BFEMI") == "… …")
        let signature = String(repeating: "0a", count: 32)
        #expect(other.redacted("X-Amz-Signature=\(signature)&Signature: \(signature)") == "X-Amz-Signature=…&Signature: …")
        // A secret that is cut off is none that can be found.
        let text = String(repeating: "x", count: 292) + other.secretKey
        let body = Array("<Error><Code>AccessDenied</Code><Message>\(text)</Message></Error>".utf8)
        #expect(S3Problem(status: 403, body: body, region: nil, hiding: other).shown.hasSuffix("x…"))
        #expect(credentials.isSound)
        #expect(!S3Credentials(accessKey: "a\nb", secretKey: "c").isSound)
    }
}
