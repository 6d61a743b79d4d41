import PrometheusModel
import Testing

@testable import PromQLEvaluation

@Suite struct LabelIndexTests {
    @Test func setsThatAgreeInTheChosenLabelsHaveOneNumber() {
        var index = LabelIndex(.only(["job"]))
        #expect(index.ordinal(of: ["job": "a", "i": "1"]) == 0)
        #expect(index.ordinal(of: ["job": "b", "i": "1"]) == 1)
        #expect(index.ordinal(of: ["job": "a", "i": "2"]) == 0)
        #expect(index.ordinal(of: ["i": "2"]) == 2)
        #expect(index.existing(["j": "2"]) == 2)
        #expect(index.existing(["job": "z"]) == nil)
    }

    @Test func excludedLabelsDoNotCount() {
        var index = LabelIndex(.except(["__name__", "i"]))
        #expect(index.ordinal(of: ["__name__": "x", "job": "a", "i": "1"]) == 0)
        #expect(index.ordinal(of: ["__name__": "y", "job": "a"]) == 0)
        #expect(index.ordinal(of: ["__name__": "x", "job": "a", "z": "1"]) == 1)
        #expect(index.ordinal(of: ["z": "1"]) == 2)
    }

    @Test func allLabelsCountOtherwise() {
        var index = LabelIndex(.all)
        #expect(index.ordinal(of: [:]) == 0)
        #expect(index.ordinal(of: ["a": "b"]) == 1)
        #expect(index.ordinal(of: ["a": "b"]) == 1)
        #expect(index.count == 2)
    }
}
