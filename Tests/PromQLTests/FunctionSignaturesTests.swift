import PromQL
import Testing

@Suite struct FunctionSignaturesTests {
    @Test("The table holds each function of Prometheus 3.5 once, sorted")
    func table() {
        let names = FunctionSignatures.all.map(\.name)
        #expect(names == Set(names).sorted())
        #expect(names.count == 80)
        for function in FunctionSignatures.all { #expect(FunctionSignatures.named(function.name) == function) }
        #expect(FunctionSignatures.named("holt_winters") == nil)
        #expect(FunctionSignatures.named("ABS") == nil)
    }

    @Test("What upstream calls experimental is marked so")
    func experimental() {
        let names = FunctionSignatures.all.filter(\.isExperimental).map(\.name)
        #expect(
            names == [
                "double_exponential_smoothing", "info", "mad_over_time", "sort_by_label", "sort_by_label_desc",
                "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time",
            ])
        #expect(AggregationOperator.allCases.filter(\.isExperimental) == [.limitk, .limitRatio])
    }
}
