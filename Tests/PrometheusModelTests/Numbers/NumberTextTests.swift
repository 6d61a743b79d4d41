import PrometheusModel
import Testing

@Suite("Numbers as text")
struct NumberTextTests {
    @Test(
        "the general form turns to an exponent below 1e-4 and from 1e6",
        arguments: [
            (0.0001, "0.0001"), (0.00001, "1e-05"), (99999, "99999"), (100_000, "100000"), (999_999.5, "999999.5"),
            (1_000_000, "1e+06"), (1_234_567, "1.234567e+06"), (1_689_956_451_781, "1.689956451781e+12"),
            (-2.5e21, "-2.5e+21"), (1e100, "1e+100"), (-0.0, "-0"), (.infinity, "+Inf"), (.nan, "NaN"),
        ])
    func general(value: Double, text: String) { #expect(NumberText.general(value) == text) }

    @Test(
        "the plain form has no exponent",
        arguments: [(1e-7, "0.0000001"), (1.5e21, "1500000000000000000000"), (0.1, "0.1"), (-.infinity, "-Inf")])
    func plain(value: Double, text: String) { #expect(NumberText.plain(value) == text) }

    @Test(
        "JSON turns to an exponent below 1e-6 and from 1e21",
        arguments: [
            (1e-6, "0.000001"), (1e-7, "1e-7"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
            (1_000_000, "1000000"),
        ])
    func json(value: Double, text: String) { #expect(NumberText.json(value) == text) }
}
