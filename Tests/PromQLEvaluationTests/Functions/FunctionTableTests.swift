import PromQL
import Testing

@testable import PromQLEvaluation

@Suite struct FunctionTableTests {
    @Test func everyFunctionThatParsesCanBeEvaluated() {
        let missing = FunctionSignatures.all.map(\.name).filter { FunctionTable.body($0) == nil }
        #expect(missing.isEmpty)
    }
}
