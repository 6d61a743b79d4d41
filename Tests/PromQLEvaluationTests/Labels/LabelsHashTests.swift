import PrometheusModel
import Testing

@testable import PromQLEvaluation

@Suite struct LabelsHashTests {
    /// From the test vectors of the xxHash specification and its implementations, seed 0.
    @Test(
        arguments: [
            ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64)])
    func xxHash(text: String, hash: UInt64) { #expect(XXHash64.value(Array(text.utf8)) == hash) }

    @Test func lengthsKeepLabelsApart() {
        #expect(LabelsHash.value(["a": "bc"]) != LabelsHash.value(["ab": "c"]))
        let long = String(repeating: "x", count: 300)
        #expect(LabelsHash.value(["a": long]) != LabelsHash.value(["a": long + "x"]))
    }
}
