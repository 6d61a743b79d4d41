import PrometheusModel
import Testing

// Expectations: Prometheus 3.5 documentation, "Configuration", `<relabel_config>`, and its model/relabel for what the
// documentation leaves open.
struct RelabelRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let rules: [RelabelRule]
        let before: Labels
        /// Nil when dropped.
        let after: Labels?

        var testDescription: String { name }

        init(_ name: String, _ rule: RelabelRule?, _ before: Labels, _ after: Labels?) {
            self.name = name
            rules = rule.map { [$0] } ?? []
            self.before = before
            self.after = after
        }
    }

    private static func rule(
        _ action: RelabelRule.Action, _ sources: [String] = [], separator: String = ";", target: String = "",
        regex: String = "(.*)", modulus: UInt64 = 0, to replacement: String = "$1"
    ) -> RelabelRule? {
        try? RelabelRule(
            action, sourceLabels: sources, separator: separator, targetLabel: target, expression: regex,
            modulus: modulus, replacement: replacement)
    }

    static let cases: [Case] = [
        Case(
            "replace copies a label by default", rule(.replace, ["a"], target: "b"), ["a": "x"], ["a": "x", "b": "x"]),
        Case(
            "replace joins its sources with the separator", rule(.replace, ["a", "b"], separator: "-", target: "c"),
            ["a": "x", "b": "y"], ["a": "x", "b": "y", "c": "x-y"]),
        Case(
            "a missing source is empty", rule(.replace, ["a", "none"], target: "c"), ["a": "x"], ["a": "x", "c": "x;"]),
        Case(
            "replace puts groups into the replacement",
            rule(.replace, ["a"], target: "d", regex: "f(.)o(b.*)", to: "${2}-$1"), ["a": "foobar"],
            ["a": "foobar", "d": "bar-o"]),
        Case(
            "replace puts groups into the name of the target",
            rule(.replace, ["a"], target: "label_$1", regex: "(.).*", to: "v"), ["a": "foo"],
            ["a": "foo", "label_f": "v"]),
        Case(
            "without a match replace changes nothing", rule(.replace, ["a"], target: "b", regex: "no.*", to: "v"),
            ["a": "foo"], ["a": "foo"]),
        Case(
            "expressions are anchored at both ends", rule(.replace, ["a"], target: "b", regex: "o", to: "v"),
            ["a": "foo"], ["a": "foo"]),
        Case(
            "an alternative is anchored as a whole", rule(.keep, ["a"], regex: "x|foo"), ["a": "foobar"], nil),
        Case(
            "an empty replacement removes the target", rule(.replace, ["a"], target: "b", to: ""),
            ["a": "foo", "b": "old"], ["a": "foo"]),
        Case(
            "a replacement whose group is empty removes the target",
            rule(.replace, ["a"], target: "b", regex: "foo(x?)"), ["a": "foo", "b": "old"], ["a": "foo"]),
        Case(
            "a fixed replacement needs no source", rule(.replace, target: "b", to: "v"), ["a": "x"],
            ["a": "x", "b": "v"]),
        Case(
            "a name that becomes empty changes nothing",
            rule(.replace, ["a"], target: "$1", regex: "foo(x?)", to: "v"), ["a": "foo"], ["a": "foo"]),
        Case(
            "a dot matches line ends", rule(.replace, ["a"], target: "b", regex: "(.*)", to: "[$1]"), ["a": "x\ny"],
            ["a": "x\ny", "b": "[x\ny]"]),
        Case("keep keeps what matches", rule(.keep, ["a"], regex: "f.*"), ["a": "foo"], ["a": "foo"]),
        Case("keep drops what does not match", rule(.keep, ["a"], regex: "b.*"), ["a": "foo"], nil),
        Case("drop drops what matches", rule(.drop, ["a"], regex: "f.*"), ["a": "foo"], nil),
        Case("drop keeps what does not match", rule(.drop, ["a"], regex: "b.*"), ["a": "foo"], ["a": "foo"]),
        Case(
            "keepequal keeps equal values", rule(.keepequal, ["a"], target: "b"), ["a": "x", "b": "x"],
            ["a": "x", "b": "x"]),
        Case("keepequal drops others", rule(.keepequal, ["a"], target: "b"), ["a": "x", "b": "y"], nil),
        Case("dropequal drops equal values", rule(.dropequal, ["a"], target: "b"), ["a": "x", "b": "x"], nil),
        Case(
            "dropequal keeps others", rule(.dropequal, ["a"], target: "b"), ["a": "x", "b": "y"], ["a": "x", "b": "y"]),
        // The last 8 bytes of md5("foo;bar;baz"), big-endian, modulo 1000; from Python's hashlib.
        Case(
            "hashmod takes the end of the MD5 digest",
            rule(.hashmod, ["a", "b", "c"], target: "d", modulus: 1000), ["a": "foo", "b": "bar", "c": "baz"],
            ["a": "foo", "b": "bar", "c": "baz", "d": "719"]),
        Case(
            "labelmap copies values to new names", rule(.labelmap, regex: "__meta_(.+)"),
            ["__meta_zone": "z", "__meta_rack": "r", "a": "x"],
            ["__meta_zone": "z", "__meta_rack": "r", "a": "x", "zone": "z", "rack": "r"]),
        Case(
            "labelmap makes names by its replacement", rule(.labelmap, regex: "m_(.+)", to: "n_${1}_x"), ["m_a": "1"],
            ["m_a": "1", "n_a_x": "1"]),
        Case(
            "labeldrop removes names that match", rule(.labeldrop, regex: "tmp_.*"), ["tmp_a": "1", "a": "2"],
            ["a": "2"]),
        Case(
            "labelkeep removes names that do not match", rule(.labelkeep, regex: "a|b"),
            ["a": "1", "b": "2", "c": "3"], ["a": "1", "b": "2"]),
        Case("lowercase", rule(.lowercase, ["a"], target: "b"), ["a": "FoÖ"], ["a": "FoÖ", "b": "foö"]),
        Case("uppercase", rule(.uppercase, ["a"], target: "a"), ["a": "foö"], ["a": "FOÖ"]),
    ]

    @Test("Each action does what the documentation says", arguments: cases)
    func actions(_ test: Case) throws {
        #expect(test.rules.count == 1)
        #expect(test.rules.apply(to: test.before) == test.after)
    }

    @Test("Rules work one after the other, and nothing follows a drop")
    func sequence() throws {
        let rules = [
            try RelabelRule(sourceLabels: ["a"], targetLabel: "b", replacement: "$1$1"),
            try RelabelRule(.keep, sourceLabels: ["b"], expression: "xx"),
            try RelabelRule(.labeldrop, expression: "a"),
        ]
        #expect(rules.apply(to: ["a": "x"]) == ["b": "xx"])
        #expect(rules.apply(to: ["a": "y"]) == nil)
        let none: [RelabelRule] = []
        #expect(none.apply(to: ["a": "x"]) == ["a": "x"])
    }

    @Test("Labels stay sorted and without duplicates")
    func sorted() throws {
        let rules = [
            try RelabelRule(targetLabel: "z", replacement: "1"), try RelabelRule(targetLabel: "a", replacement: "2"),
            try RelabelRule(targetLabel: "z", replacement: "3"),
        ]
        let labels = rules.apply(to: ["m": "x"])
        #expect(labels?.entries == [Label("a", "2"), Label("m", "x"), Label("z", "3")])
    }

    @Test("A rule without what its action needs, or with what it does not take, is refused")
    func refused() {
        #expect(throws: RelabelRule.Failure.self) { try RelabelRule(.replace) }
        #expect(throws: RelabelRule.Failure.self) { try RelabelRule(.hashmod, targetLabel: "a") }
        #expect(throws: RelabelRule.Failure.self) { try RelabelRule(.lowercase, sourceLabels: ["a"]) }
        #expect(throws: RelabelRule.Failure.self) { try RelabelRule(.uppercase, targetLabel: "a", replacement: "x") }
        #expect(throws: RelabelRule.Failure.self) { try RelabelRule(.keepequal, targetLabel: "a", expression: "x") }
        #expect(throws: RelabelRule.Failure.self) { try RelabelRule(.dropequal, sourceLabels: ["a"]) }
        #expect(throws: RelabelRule.Failure.self) { try RelabelRule(.labeldrop, sourceLabels: ["a"]) }
        #expect(throws: RelabelRule.Failure.self) { try RelabelRule(.labelkeep, targetLabel: "a") }
        #expect(throws: RelabelRule.Failure.self) { try RelabelRule(.labelmap, replacement: "") }
        #expect(throws: RelabelRule.Failure.self) { try RelabelRule(.keep, expression: "(") }
    }

    @Test("Rules are equal when they are written alike")
    func equality() throws {
        let rule = try RelabelRule(.keep, expression: "a")
        let same = try RelabelRule(.keep, expression: "a")
        let other = try RelabelRule(.keep, expression: "b")
        #expect(rule == same)
        #expect(rule != other)
    }
}
