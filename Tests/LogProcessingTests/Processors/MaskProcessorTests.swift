import LogProcessing
import TelemetryModel
import Testing

struct MaskProcessorTests {
    @Test(arguments: [
        ("password=hunter2 user=a", "password=[REDACTED] user=a"),
        ("db_password: hunter2, x", "db_password: [REDACTED], x"),
        (#"body {"accessToken": "abc\"d", "n": 1}"#, #"body {"accessToken": "[REDACTED]", "n": 1}"#),
        ("X-Api-Key: 12345", "X-Api-Key: [REDACTED]"),
        ("Authorization: Bearer abcdefghijkl end", "Authorization: [REDACTED] end"),
        ("token: Bearer abc def", "token: [REDACTED] def"),
        ("key sk-abcdefghij0123456789 used", "key [REDACTED] used"),
        ("AKIAIOSFODNN7EXAMPLE", "[REDACTED]"),
        ("card 4111 1111 1111 1111 ok", "card [REDACTED] ok"), ("card 4111-1111-1111-1111", "card [REDACTED]"),
        ("card 4111111111111112", "card 4111111111111112"), ("time 1716592920123", "time 1716592920123"),
        ("open /home/alice/x and /Users/bob", "open /[USER_PATH]/x and /[USER_PATH]"),
        ("mail a@b.example from 10.0.0.1", "mail a@b.example from 10.0.0.1"),
        ("nothing here: at all = 5", "nothing here: at all = 5"),
    ])
    func secretsAreHidden(_ text: String, _ expected: String) throws {
        #expect(try TestProcessors.draft(text, "mask").body == expected)
    }

    // echo -n a@b.example | sha256sum
    @Test func personalDataIsHashedWhenAskedFor() throws {
        let draft = try TestProcessors.draft(
            "mail a@b.example from 10.0.0.1, call +49 30 1234567 at 12:30:00",
            ["mask": ["values": ["emails", "ipv4", "phones"]]])
        #expect(
            draft.body
                == "mail sha256:ebb18a030bf15174 from sha256:f5047344122f0dee, call sha256:968f1057a5fa1e58 at 12:30:00"
        )
    }

    @Test func fieldsWithSecretNamesAreHidden() throws {
        let draft = try TestProcessors.draft(
            #"{"message":"m","user":{"Password":"x"},"API-KEY":5,"list":["a","pwd=1"],"note":"fine","mine":"secretive","ssn":"1"}"#,
            ["mask": ["keys": ["mine"], "patterns": ["f.ne"], "replacement": "$0"]])
        #expect(draft.text("user.Password") == "[REDACTED]")
        #expect(draft.text("API-KEY") == "[REDACTED]")
        #expect(draft["list"] == .list([.string("a"), .string("pwd=[REDACTED]")]))
        #expect(draft.text("note") == "$0")
        #expect(draft.text("mine") == "[REDACTED]")
        #expect(draft.text("ssn") == "[REDACTED]")
        #expect(draft["log.offset"] == .int(0))
    }

    @Test func onlyTheNamedFieldsAreLookedAt() throws {
        let draft = try TestProcessors.draft(
            #"{"message":"pwd=1","a":"pwd=2","b":"pwd=3"}"#, ["mask": ["fields": ["a", "b"], "except": ["b"]]])
        #expect(draft.body == "pwd=1")
        #expect(draft.text("a") == "pwd=[REDACTED]")
        #expect(draft.text("b") == "pwd=3")
    }
}
