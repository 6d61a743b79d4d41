import Foundation
import OTLPMessages
import TelemetryModel
import Testing

@testable import Codecs

@Suite struct AttributeTextTests {
    @Test(arguments: [
        (.with { $0.stringValue = "a \"text\"\n" }, "a \"text\"\n", .string, nil),
        (.with { $0.stringValue = "" }, "", .string, nil),
        (.with { $0.intValue = 42 }, "42", .int, 42),
        (.with { $0.intValue = .min }, "-9223372036854775808", .int, -9_223_372_036_854_775_808),
        (.with { $0.doubleValue = 0.1 }, "0.1", .double, 0.1),
        (.with { $0.doubleValue = 3 }, "3", .double, 3),
        (.with { $0.doubleValue = 1e300 }, "1e+300", .double, 1e300),
        (.with { $0.doubleValue = .infinity }, "Infinity", .double, .infinity),
        (.with { $0.doubleValue = -.infinity }, "-Infinity", .double, -.infinity),
        (.with { $0.boolValue = true }, "true", .bool, nil),
        (.with { $0.boolValue = false }, "false", .bool, nil),
        (.with { $0.bytesValue = Data([0, 255, 16]) }, "AP8Q", .bytes, nil),
        (.with { $0.bytesValue = Data() }, "", .bytes, nil),
        (OTLPAnyValue(), "", .empty, nil),
        (list(), "[]", .array, nil),
        (list(.with { $0.stringValue = "a" }, .with { $0.intValue = 1 }), "[\"a\",1]", .array, nil),
        (list(.with { $0.doubleValue = 1 }, .with { $0.boolValue = true }), "[1.0,true]", .array, nil),
        (list(list(), map([])), "[[],{}]", .array, nil),
        (map([]), "{}", .map, nil),
        (map([("k", .with { $0.intValue = 1 }), ("l", list())]), "{\"k\":1,\"l\":[]}", .map, nil),
    ] as [(OTLPAnyValue, String, AttributeType, Double?)])
    func kindsOfValues(value: OTLPAnyValue, text: String, type: AttributeType, number: Double?) {
        let stored = AttributeText(value)
        #expect(stored.text == text)
        #expect(stored.type == type)
        #expect(stored.number == number)
        #expect(back(stored) == value)
    }

    @Test func notANumberIsKept() throws {
        let stored = AttributeText(.with { $0.doubleValue = .nan })
        #expect(stored.text == "NaN")
        #expect(stored.type == .double)
        #expect(try #require(stored.number).isNaN)
        #expect(back(stored).doubleValue.isNaN)
    }

    @Test func negativeZeroKeepsItsSign() {
        let stored = AttributeText(.with { $0.doubleValue = -0.0 })
        #expect(stored.text == "-0")
        #expect(back(stored).doubleValue.sign == .minus)
    }

    /// What plain JSON would lose goes to OTLP JSON.
    @Test(arguments: [
        list(.with { $0.bytesValue = Data([1]) }),
        list(OTLPAnyValue()),
        list(.with { $0.doubleValue = .infinity }),
        list(list(map([("a", OTLPAnyValue())]))),
        map([("a", .with { $0.intValue = 1 }), ("a", .with { $0.intValue = 2 })]),
    ])
    func lossyValuesAreNested(value: OTLPAnyValue) {
        let stored = AttributeText(value)
        #expect(stored.type == .nested)
        #expect(stored.number == nil)
        #expect(back(stored) == value)
    }

    @Test func notANumberInsideAListIsKept() throws {
        let stored = AttributeText(list(.with { $0.doubleValue = .nan }))
        #expect(stored.type == .nested)
        #expect(try #require(back(stored).arrayValue.values.first).doubleValue.isNaN)
    }

    /// Indexes of strings belong to profiles; attributes have no table to look them up in, so none is stored.
    @Test func stringIndexesAreNotStored() {
        let stored = AttributeText(.with { $0.stringValueStrindex = 3 })
        #expect(stored.text == "")
        #expect(stored.type == .empty)
    }

    @Test(arguments: 0..<10)
    func randomValuesComeBack(block: UInt64) {
        for seed in block * 500..<block * 500 + 500 {
            var random = RandomOTLP(seed: seed)
            let value = withoutIndexes(random.anyValue())
            let stored = AttributeText(value)
            #expect(back(stored) == value, "seed \(seed): \(stored.text)")
        }
    }

    /// NaN equals nothing, so what is compared is the JSON of both.
    @Test func randomValuesWithNaNComeBack() {
        for seed in UInt64(9000)..<9500 {
            var random = RandomOTLP(seed: seed)
            random.allowsNaN = true
            let value = withoutIndexes(random.anyValue())
            let stored = AttributeText(value)
            #expect(
                OTLPJSONEncoder.encode(value: back(stored)) == OTLPJSONEncoder.encode(value: value),
                "seed \(seed): \(stored.text)")
        }
    }

    /// A store that was edited by hand does not stop a read.
    @Test(arguments: [
        (AttributeType.int, "12x"), (.int, ""), (.int, "9223372036854775808"), (.double, "x"), (.bytes, "*"),
        (.array, "[1"), (.map, "{\"a\":}"), (.nested, "nothing"),
    ])
    func textThatDoesNotFitItsTypeIsAString(type: AttributeType, text: String) {
        let value = AttributeText.value(of: StoredAttribute(key: "k", text: text, type: type))
        #expect(value == .with { $0.stringValue = text })
    }

    private func back(_ stored: AttributeText) -> OTLPAnyValue {
        AttributeText.value(of: StoredAttribute(key: "key", text: stored.text, type: stored.type))
    }

    private static func list(_ values: OTLPAnyValue...) -> OTLPAnyValue {
        .with { $0.arrayValue.values = values }
    }

    private func list(_ values: OTLPAnyValue...) -> OTLPAnyValue {
        .with { $0.arrayValue.values = values }
    }

    private static func map(_ pairs: [(String, OTLPAnyValue)]) -> OTLPAnyValue {
        .with { message in
            message.kvlistValue.values = pairs.map { pair in
                .with {
                    $0.key = pair.0
                    $0.value = pair.1
                }
            }
        }
    }

    private func withoutIndexes(_ value: OTLPAnyValue) -> OTLPAnyValue {
        var value = value
        switch value.value {
        case .stringValueStrindex: value.value = nil
        case .arrayValue(let array): value.arrayValue.values = array.values.map(withoutIndexes)
        case .kvlistValue(let list):
            value.kvlistValue.values = list.values.map { pair in
                var pair = pair
                pair.keyStrindex = 0
                if pair.hasValue { pair.value = withoutIndexes(pair.value) }
                return pair
            }
        default: break
        }
        return value
    }
}
