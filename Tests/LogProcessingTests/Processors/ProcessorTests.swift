import LogProcessing
import TelemetryModel
import Testing

struct ProcessorTests {
    private func draft(_ line: String, _ processor: ConfigurationTree) throws -> LogDraft {
        try TestProcessors.draft(line, processor)
    }

    @Test func fieldsAreAdded() throws {
        let added = try draft("x", ["add_fields": ["fields": ["env": "prod", "a": ["b": "c"]]]])
        #expect(added.text("env") == "prod")
        #expect(added.text("a.b") == "c")
        let labelled = try draft("x", ["add_labels": ["labels": ["env": "prod"]]])
        #expect(labelled.resource.contains(LogAttribute("env", .string("prod"))))
        let tagged = try draft("x", ["add_tags": ["tags": ["a", "b", "a"]]])
        #expect(tagged["tags"] == .list([.string("a"), .string("b")]))
    }

    @Test func fieldsAreConverted() throws {
        let line = #"{"message":"m","a":"5","b":"1.5","c":"true","d":7,"e":"10.0.0.1"}"#
        let converted = try draft(
            line,
            [
                "convert": [
                    "fields": [
                        ["from": "a", "type": "integer"], ["from": "b", "to": "bb", "type": "double"],
                        ["from": "c", "type": "boolean"], ["from": "d", "type": "string"], ["from": "e", "type": "ip"],
                    ]
                ]
            ])
        #expect(converted["a"] == .int(5))
        #expect(converted["b"] == .string("1.5"))
        #expect(converted["bb"] == .double(1.5))
        #expect(converted["c"] == .bool(true))
        #expect(converted["d"] == .string("7"))
    }

    @Test func aFailureLeavesTheRecordAndIsCounted() throws {
        let event = try TestProcessors.run(
            #"{"message":"m","a":"x","b":"1"}"#,
            ["convert": ["fields": [["from": "b", "type": "integer"], ["from": "a", "type": "integer"]]]])
        #expect(event.problems == [LogProblem("convert")])
        #expect(event.drafts.first?["b"] == .string("1"))
        #expect(event.drafts.first?["error.message"] == .string("convert: field a is no integer"))
        let ignored = try TestProcessors.run("m", ["dissect": ["tokenizer": "%{a} - %{b}", "ignore_failure": "true"]])
        #expect(ignored.problems == [])
        let tagged = try TestProcessors.run("m", ["dissect": ["tokenizer": "%{a} - %{b}", "tag": "mine"]])
        #expect(tagged.problems == [LogProblem("mine")])
        #expect(tagged.drafts.first?.body == "m")
    }

    @Test func fieldsAreCopiedAndRenamed() throws {
        let copied = try draft(#"{"message":"m","a":1}"#, ["copy_fields": ["fields": [["from": "a", "to": "b"]]]])
        #expect(copied["a"] == .int(1))
        #expect(copied["b"] == .int(1))
        let renamed = try draft(
            #"{"message":"m","a":1,"o":{"x":2}}"#,
            ["rename": ["fields": [["from": "a", "to": "service.name"], ["from": "o", "to": "p"]]]])
        #expect(renamed["a"] == nil)
        #expect(renamed.service == .int(1))
        #expect(renamed["p.x"] == .int(2))
        let taken = try TestProcessors.run(#"{"a":1,"b":2}"#, ["rename": ["fields": [["from": "a", "to": "b"]]]])
        #expect(taken.problems == [LogProblem("rename")])
    }

    @Test func base64IsDecoded() throws {
        #expect(try draft(#"{"a":"aGk="}"#, ["decode_base64": ["field": "a"]])["a"] == .string("hi"))
        let named = try draft(#"{"a":"aGk="}"#, ["decode_base64_field": ["field": ["from": "a", "to": "b"]]])
        #expect(named["b"] == .string("hi"))
    }

    @Test func recordsAreDropped() throws {
        let drop: ConfigurationTree = ["drop_event": ["when": ["equals": ["log.level": "DEBUG"]]]]
        let event = try TestProcessors.run("DEBUG: x", drop)
        guard case .dropped(let reason) = event.outcome else {
            Issue.record("kept")
            return
        }
        #expect(reason == "drop_event")
        #expect(try TestProcessors.run("INFO: x", drop).drafts.count == 1)
    }

    @Test func fieldsAreDropped() throws {
        let line = #"{"message":"m","a":1,"o":{"x":2,"y":3},"tmp_1":4,"trace_id":"0af7651916cd43dd8448eb211c80319c"}"#
        let dropped = try draft(line, ["drop_fields": ["fields": ["a", "o", "/^tmp_/", "trace.id"]]])
        #expect(dropped.attributes.map(\.name) == ["log.offset", "log.file.inode"])
        #expect(dropped.traceID == nil)
        let kept = try draft(line, ["include_fields": ["fields": ["o"]]])
        #expect(kept.attributes.map(\.name) == ["o.x", "o.y"])
    }

    @Test func idsAreExtracted() throws {
        let found = try draft(
            #"{"message":"m","a":"trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331"}"#,
            ["extract_ids": ["field": "a"]])
        #expect(found.traceID?.hex == "0af7651916cd43dd8448eb211c80319c")
        #expect(found.spanID?.hex == "b7ad6b7169203331")
    }

    @Test func lettersChange() throws {
        #expect(try draft("aB", ["lowercase": ["fields": ["message"]]]).body == "ab")
        #expect(try draft("aB", ["uppercase": ["fields": ["message"]]]).body == "AB")
    }

    @Test func textsAreParsed() throws {
        let json = try draft(
            #"x {"level":"warn","msg":"inner","a":1}"#,
            ["parse_regex": ["pattern": "^x (?P<payload>.*)$"]])
        #expect(json.text("payload") == #"{"level":"warn","msg":"inner","a":1}"#)
        let nested = try TestProcessors.draft(
            #"x {"level":"warn","msg":"inner","a":1}"#, ["parse_regex": ["pattern": "^x (?P<payload>.*)$"]],
            ["parse_json": ["field": "payload", "drop_field": "true", "overwrite_keys": "true"]])
        #expect(nested.body == "inner")
        #expect(nested.severityNumber == 13)
        #expect(nested["a"] == .int(1))
        #expect(nested["payload"] == nil)
        let targeted = try draft(
            #"{"message":"m","p":"{\"msg\":\"i\",\"a\":{\"b\":1}}"}"#,
            ["decode_json_fields": ["fields": ["p"], "target": "q"]])
        #expect(targeted.body == "m")
        #expect(targeted["q.msg"] == .string("i"))
        #expect(targeted["q.a.b"] == .int(1))
        let logfmt = try draft("hello a=1 b=\"x y\" flag", ["parse_logfmt": ["target": "f"]])
        #expect(logfmt["f.a"] == .string("1"))
        #expect(logfmt["f.b"] == .string("x y"))
        #expect(logfmt["f.flag"] == .bool(true))
        let regex = try draft("GET /a 200", ["parse_regex": ["pattern": "^(?P<http__method>\\S+) (?P<path>\\S+)"]])
        #expect(regex["http.method"] == .string("GET"))
        #expect(regex["path"] == .string("/a"))
    }

    @Test func matchesAreReplaced() throws {
        let replaced = try draft(
            "a1b22", ["replace": ["fields": [["field": "message", "pattern": "([0-9]+)", "replacement": "<$1>"]]]])
        #expect(replaced.body == "a<1>b<22>")
    }

    @Test func escapesAreStripped() throws {
        #expect(try draft("\u{1B}[31mred\u{1B}[0m \u{1B}]0;t\u{7}x", "strip_ansi").body == "red x")
    }

    @Test func timesAreTakenFromFields() throws {
        let line = #"{"message":"m","start":"24.05.2024 23:22:00"}"#
        let timed = try draft(
            line,
            [
                "timestamp": [
                    "field": "start", "layouts": ["UNIX", "02.01.2006 15:04:05"], "timezone": "+02:00",
                    "test": ["24.05.2024 23:22:00"],
                ]
            ])
        #expect(timed.timeText == "2024-05-24T21:22:00.000Z")
        let other = try draft(
            line,
            ["timestamp": ["field": "start", "layouts": "%d.%m.%Y %H:%M:%S", "target_field": "t", "drop_field": "yes"]])
        #expect(other.text("t") == "2024-05-24T23:22:00.000Z")
        #expect(other["start"] == nil)
    }

    @Test func valuesAreCut() throws {
        let cut = try draft("abc€def", ["truncate": ["max_bytes": "5"]])
        #expect(cut.body == "abc")
        #expect(cut["log.flags"] == .list([.string("truncated")]))
        #expect(
            try draft("abc€def", ["truncate_fields": ["fields": ["message"], "max_characters": "4"]]).body == "abc€")
    }

    @Test(arguments: [
        ("%{a} %{b}", "x y z", ["a": "x", "b": "y z"]),
        ("%{a} - %{?skip} [%{b}]", "1 - 2 [3]", ["a": "1", "b": "3"]),
        ("%{a->} %{b}", "x    y", ["a": "x", "b": "y"]),
        ("%{+t} %{+t} %{b}", "1 2 3", ["t": "1 2", "b": "3"]),
        ("%{+t/2} %{+t/1}", "a b", ["t": "b a"]),
        ("%{*k}=%{&k}", "name=value", ["name": "value"]),
        ("%{?k}=%{&k}", "name=value", ["name": "value"]),
        ("%{a|integer} %{b|boolean}", "5 true", ["a": "5", "b": "true"]),
        ("%{y#4}%{m#2}", "202405", ["y": "2024", "m": "05"]),
        ("[%{a}]%{}", "[x]", ["a": "x"]),
        ("%{a}.", "x.y.", ["a": "x"]),
    ])
    func textsAreDissected(_ tokenizer: String, _ text: String, _ expected: [String: String]) throws {
        let dissected = try draft(text, ["dissect": ["tokenizer": .scalar(tokenizer, nil)]])
        var found: [String: String] = [:]
        for attribute in dissected.attributes where attribute.name.hasPrefix("dissect.") {
            found[String(attribute.name.dropFirst(8))] = dissected.text(attribute.name)
        }
        #expect(found == expected)
    }

    @Test(arguments: ["%{a} - %{b}", "x%{a}", "%{a|integer}"])
    func whatIsOfAnotherFormIsNotDissected(_ tokenizer: String) throws {
        let event = try TestProcessors.run("no match", ["dissect": ["tokenizer": .scalar(tokenizer, nil)]])
        #expect(event.problems == [LogProblem("dissect")])
    }
}
