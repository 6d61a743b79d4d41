import Testing

@testable import Receivers

struct URLCredentialsTests {
    // The encoded forms are those of `printf %s user:password | base64`.
    @Test(
        "A user and a password in an address become basic authorization",
        arguments: [
            ("http://Aladdin:open%20sesame@h:1/x", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ("https://token@h", "Basic dG9rZW46"), ("http://u:p:q@h?a@b", "Basic dTpwOnE="),
            ("http://u%zz:p%@h", "Basic dSV6ejpwJQ=="), ("http://h:1/a@b", nil), ("http://h?m=a@b", nil), ("u@h", nil),
            ("http://", nil), ("", nil),
        ])
    func authorization(_ url: String, _ header: String?) {
        #expect(URLCredentials.authorization(for: url) == header)
    }
}
