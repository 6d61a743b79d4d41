import Testing

@testable import Verification

@Suite("Distributions")
struct DistributionsTests {
    /// Any printed table of Student's distribution, two-sided.
    @Test(
        "Student's distribution agrees with the tables",
        arguments: [
            (12.706, 1.0, 0.05), (2.228, 10, 0.05), (3.169, 10, 0.01), (2.042, 30, 0.05), (1.984, 100, 0.05),
            (2.626, 100, 0.01), (4.587, 10, 0.001),
        ])
    func student(t: Double, degrees: Double, expected: Double) {
        let found = StudentDistribution.twoSided(t, degreesOfFreedom: degrees)
        #expect(abs(found - expected) < expected * 0.003)
        #expect(abs(StudentDistribution.twoSided(-t, degreesOfFreedom: degrees) - found) < 1e-12)
    }

    /// Sums of the terms.
    @Test(
        "the binomial distribution agrees with its sums",
        arguments: [
            (2.0, 10.0, 0.5, 0.054_687_5), (0, 5, 0.2, 0.327_68), (9, 10, 0.5, 0.999_023_437_5), (-1, 10, 0.5, 0),
            (10, 10, 0.5, 1),
        ])
    func binomial(count: Double, trials: Double, probability: Double, expected: Double) {
        let found = BinomialDistribution.atMost(count, trials: trials, probability: probability)
        #expect(abs(found - expected) < 1e-12)
    }

    /// ln Γ: (n - 1)! and √π.
    @Test(
        "the logarithm of the gamma function agrees with factorials",
        arguments: [
            (1.0, 0.0), (2, 0), (5, 3.178_053_830_347_946), (0.5, 0.572_364_942_924_700_1),
            (101, 363.739_375_555_563_5),
        ])
    func logGamma(x: Double, expected: Double) {
        #expect(abs(IncompleteBeta.logGamma(x) - expected) < 1e-10 * max(1, expected))
    }

    /// The example of the paper: 15 hypotheses, of which the first four are rejected at 0.05.
    @Test("the procedure of Benjamini and Hochberg gives the paper's answer")
    func falseDiscovery() {
        let pValues = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0000,
        ]
        #expect(FalseDiscovery.threshold(pValues, level: 0.05) == 0.0095)
        #expect(FalseDiscovery.threshold([0.9, 0.5], level: 0.05) == 0)
        #expect(FalseDiscovery.threshold([], level: 0.05) == 0)
    }
}
