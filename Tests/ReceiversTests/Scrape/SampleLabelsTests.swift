import PrometheusModel
import Testing

@testable import Receivers

// Expectations: Prometheus 3.5, "Configuration", `honor_labels`.
struct SampleLabelsTests {
    private func stored(_ shown: Labels, _ target: Labels, honors: Bool, _ rules: [RelabelRule] = []) -> Labels? {
        SampleLabels(targetLabels: target, honorsLabels: honors, rules: rules).stored(shown)
    }

    @Test("The target's labels win, and what they displace is exported")
    func exported() {
        #expect(
            stored(["__name__": "m", "job": "x", "a": "1"], ["job": "j", "instance": "i"], honors: false)
                == ["__name__": "m", "job": "j", "instance": "i", "exported_job": "x", "a": "1"])
    }

    @Test("An exported name that is taken gets the prefix again")
    func exportedTwice() {
        #expect(
            stored(["__name__": "m", "job": "x", "exported_job": "y"], ["job": "j"], honors: false)
                == ["__name__": "m", "job": "j", "exported_job": "y", "exported_exported_job": "x"])
        #expect(
            stored(
                ["__name__": "m", "job": "x", "exported_job": "y"], ["job": "j", "exported_job": "t"], honors: false)
                == [
                    "__name__": "m", "job": "j", "exported_job": "t", "exported_exported_job": "x",
                    "exported_exported_exported_job": "y",
                ])
    }

    @Test("With honor_labels the sample's labels win")
    func honored() {
        #expect(
            stored(["__name__": "m", "job": "x"], ["job": "j", "instance": "i"], honors: true)
                == ["__name__": "m", "job": "x", "instance": "i"])
    }

    @Test("Metric relabelling comes last and sees the target's labels")
    func rules() throws {
        let rules = [
            try RelabelRule(.drop, sourceLabels: ["__name__", "job"], expression: "go_.*;j"),
            try RelabelRule(.labeldrop, expression: "instance"),
        ]
        #expect(stored(["__name__": "go_x"], ["job": "j"], honors: false, rules) == nil)
        #expect(
            stored(["__name__": "m"], ["job": "j", "instance": "i"], honors: false, rules) == [
                "__name__": "m", "job": "j",
            ])
    }
}
