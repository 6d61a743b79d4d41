import Codecs
import Foundation
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import TestSupport
import Testing

@Suite struct AttributeTextTests {
    // MARK: Text, type and number of each kind

    private static func value(_ set: (inout OTLPAnyValue) -> Void) -> OTLPAnyValue {
        var value = OTLPAnyValue()
        set(&value)
        return value
    }

    private static func list(_ values: [OTLPAnyValue]) -> OTLPAnyValue { value { $0.arrayValue.values = values } }

    private static func map(_ pairs: [(String, OTLPAnyValue)]) -> OTLPAnyValue {
        value {
            $0.kvlistValue.values = pairs.map { key, value in
                var pair = OTLPKeyValue()
                pair.key = key
                pair.value = value
                return pair
            }
        }
    }

    private static func text(_ text: String) -> OTLPAnyValue { value { $0.stringValue = text } }
    private static func int(_ number: Int64) -> OTLPAnyValue { value { $0.intValue = number } }
    private static func double(_ number: Double) -> OTLPAnyValue { value { $0.doubleValue = number } }

    struct Case: Sendable {
        let value: OTLPAnyValue
        let text: String
        let type: AttributeType
        let number: Double?

        init(_ value: OTLPAnyValue, _ text: String, _ type: AttributeType, _ number: Double? = nil) {
            self.value = value
            self.text = text
            self.type = type
            self.number = number
        }
    }

    static let cases: [Case] = [
        Case(text(""), "", .string), Case(text("plain ☃"), "plain ☃", .string),
        Case(text("a\0b\n\""), "a\0b\n\"", .string),
        Case(text("12"), "12", .string), Case(text("true"), "true", .string),
        Case(int(0), "0", .int, 0), Case(int(-1), "-1", .int, -1),
        Case(int(.max), "9223372036854775807", .int, 9.223372036854775807e18),
        Case(int(.min), "-9223372036854775808", .int, -9.223372036854775808e18),
        Case(double(0), "0", .double, 0), Case(double(-0.0), "-0", .double, -0.0), Case(double(2), "2", .double, 2),
        Case(double(0.1), "0.1", .double, 0.1), Case(double(1e21), "1e+21", .double, 1e21),
        Case(double(.leastNonzeroMagnitude), "5e-324", .double, .leastNonzeroMagnitude),
        Case(double(.infinity), "Infinity", .double, .infinity),
        Case(double(-.infinity), "-Infinity", .double, -.infinity),
        Case(value { $0.boolValue = true }, "true", .bool), Case(value { $0.boolValue = false }, "false", .bool),
        Case(value { $0.bytesValue = Data([0, 255, 16]) }, "AP8Q", .bytes),
        Case(value { $0.bytesValue = Data([1]) }, "AQ==", .bytes), Case(value { $0.bytesValue = Data() }, "", .bytes),
        Case(OTLPAnyValue(), "", .empty),
        Case(list([]), "[]", .array), Case(list([int(1), text("a"), double(2)]), #"[1,"a",2.0]"#, .array),
        Case(list([list([int(1)]), map([("k", text("v"))])]), #"[[1],{"k":"v"}]"#, .array),
        Case(map([]), "{}", .map),
        Case(map([("b", int(2)), ("a", value { $0.boolValue = true })]), #"{"b":2,"a":true}"#, .map),
        Case(map([("", text("\""))]), #"{"":"\""}"#, .map),
    ]

    @Test("each kind of value has its text, type and number", arguments: cases)
    func kinds(item: Case) {
        let stored = AttributeText(item.value)
        #expect(stored.text == item.text)
        #expect(stored.type == item.type)
        #expect(stored.number == item.number)
        #expect(stored.number?.sign == item.number?.sign)
        let back = AttributeText.value(of: StoredAttribute(key: "k", text: stored.text, type: stored.type))
        #expect(back == item.value)
    }

    @Test func notANumberComesBackAsNotANumber() throws {
        let stored = AttributeText(Self.double(.nan))
        #expect(stored.text == "NaN")
        #expect(stored.type == .double)
        #expect(stored.number?.isNaN == true)
        let back = AttributeText.value(of: StoredAttribute(key: "k", text: stored.text, type: stored.type))
        guard case .doubleValue(let number) = back.value else {
            Issue.record("\(back) is no double")
            return
        }
        #expect(number.isNaN)
    }

    /// Indexes of strings belong to profiles; attributes have no table to look them up in, so none is stored.
    @Test func stringIndexesAreNotStored() {
        let stored = AttributeText(Self.value { $0.stringValueStrindex = 3 })
        #expect(stored.text == "")
        #expect(stored.type == .empty)
    }

    /// OTLP data model: equal text, different values.
    @Test func theTypeTellsEqualTextsApart() {
        let same = ["1": [Self.text("1"), Self.int(1), Self.double(1)], "": [Self.text(""), OTLPAnyValue()]]
        for (text, values) in same {
            let stored = values.map { AttributeText($0) }
            #expect(stored.allSatisfy { $0.text == text })
            #expect(Set(stored.map(\.type)).count == values.count)
        }
    }

    @Test(
        "a nested value that plain JSON cannot hold is OTLP JSON",
        arguments: [
            list([OTLPAnyValue()]), list([value { $0.bytesValue = Data([1]) }]), list([double(.infinity)]),
            map([("k", OTLPAnyValue())]), map([("k", int(1)), ("k", int(2))]),
            list([map([("a", list([OTLPAnyValue()]))])]),
        ])
    func nestedWithLoss(value: OTLPAnyValue) {
        let stored = AttributeText(value)
        #expect(stored.type == .nested)
        #expect(stored.text.contains("Value\":"))
        #expect(AttributeText.value(of: StoredAttribute(key: "k", text: stored.text, type: stored.type)) == value)
    }

    // MARK: Depth

    /// What the decoders let through: `Limits.protobufDepth` is 100 with an attribute's value at level 6; an array
    /// takes 2 levels, a map 3. OTLP/JSON bounds arrays to 50.
    @Test(
        "values nested as deep as the decoders allow come back",
        arguments: [(true, 50, false), (true, 50, true), (false, 31, false), (false, 31, true)])
    func depth(isArray: Bool, levels: Int, isLossy: Bool) {
        var value = isLossy ? OTLPAnyValue() : Self.int(7)
        for _ in 0..<levels { value = isArray ? Self.list([value]) : Self.map([("k", value)]) }
        let stored = AttributeText(value)
        #expect(stored.type == (isLossy ? .nested : isArray ? .array : .map))
        #expect(AttributeText.value(of: StoredAttribute(key: "k", text: stored.text, type: stored.type)) == value)
    }

    // MARK: Any value

    @Test("what is stored is what was sent", arguments: 0..<8)
    func random(block: UInt64) {
        for seed in block * 500..<block * 500 + 500 {
            var random = RandomOTLP(seed: seed)
            random.allowsNaN = true
            let sent = random.anyValue().withoutProfileIndexes
            let stored = AttributeText(sent)
            let back = AttributeText.value(of: StoredAttribute(key: "k", text: stored.text, type: stored.type))
            // As bytes: NaN is no equal of itself, and -0 is one of 0.
            #expect(back.comparableBytes == sent.comparableBytes, "seed \(seed): \(stored.type) \(stored.text)")
        }
    }

    @Test(
        "text that does not fit its type comes back as a string",
        arguments: [
            ("", .int), ("1.5", .int), ("9223372036854775808", .int), ("one", .double), ("", .double), ("*", .bytes),
            ("[1", .array), ("", .map), ("{\"a\":1}x", .map), ("{", .nested), ("", .nested),
        ] as [(String, AttributeType)])
    func editedByHand(text: String, type: AttributeType) {
        #expect(AttributeText.value(of: StoredAttribute(key: "k", text: text, type: type)) == Self.text(text))
    }
}

extension OTLPAnyValue {
    /// Without the members that only OTLP profiles use: indexes into a dictionary that traces, metrics and logs lack.
    /// An absent value of a key is an empty one.
    fileprivate var withoutProfileIndexes: OTLPAnyValue {
        var copy = self
        switch value {
        case .stringValueStrindex: copy.value = nil
        case .arrayValue(let array): copy.arrayValue.values = array.values.map(\.withoutProfileIndexes)
        case .kvlistValue(let list):
            copy.kvlistValue.values = list.values.map { pair in
                var copy = pair
                copy.keyStrindex = 0
                copy.value = pair.value.withoutProfileIndexes
                return copy
            }
        default: break
        }
        return copy
    }

    /// A form in which equal means the same to the last bit, but any NaN is the same as any other.
    fileprivate var comparableBytes: [String] {
        switch value {
        case nil: ["nothing"]
        case .stringValue(let text): ["string"] + text.unicodeScalars.map { "\($0.value)" }
        case .boolValue(let flag): ["bool \(flag)"]
        case .intValue(let number): ["int \(number)"]
        case .doubleValue(let number): ["double \(number.isNaN ? "NaN" : "\(number.bitPattern)")"]
        case .bytesValue(let data): ["bytes \(Array(data))"]
        case .stringValueStrindex(let index): ["index \(index)"]
        case .arrayValue(let array): ["["] + array.values.flatMap(\.comparableBytes) + ["]"]
        case .kvlistValue(let list):
            ["{"]
                + list.values.flatMap {
                    ["key"] + $0.key.unicodeScalars.map { "\($0.value)" } + $0.value.comparableBytes
                } + ["}"]
        }
    }
}
