import PrometheusModel
import Testing

@testable import PromQLEvaluation

@Suite struct GoTextTests {
    /// What `fmt.Sprintf("%g", x)` gives.
    @Test(
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (-1.1, "-1.1"), (2.5, "2.5"), (100_000, "100000"), (1e6, "1e+06"),
            (123_456_789, "1.23456789e+08"), (0.0001, "0.0001"), (0.00001, "1e-05"), (1.5e-7, "1.5e-07"),
            (1e100, "1e+100"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (0.1, "0.1"), (123.456, "123.456"),
        ] as [(Double, String)])
    func general(value: Double, text: String) { #expect(NumberText.general(value) == text) }

    @Test(
        arguments: [(0, "0.000000"), (1.5, "1.500000"), (-2, "-2.000000"), (0.0000004, "0.000000")]
            as [(Double, String)])
    func fixed(value: Double, text: String) { #expect(GoText.fixed(value) == text) }
}
