import PrometheusModel
import Testing

@Suite("Bucket bounds")
struct BucketBoundsTests {
    @Test("a bucket ends at 2^(index · 2^-schema)", arguments: [Int32](-4...8))
    func powers(schema: Int32) {
        for index in -20...20 {
            let exact = schema < 0 ? Double(index << Int(-schema)) : Double(index) / Double(1 << Int(schema))
            let bound = BucketBounds.upper(index, schema: schema)
            let power = Double(sign: .plus, exponent: Int(exact.rounded(.down)), significand: 1)
            // Within one power of two, and each bound above the one before.
            #expect(bound >= power && bound <= power * 2)
            #expect(BucketBounds.upper(index - 1, schema: schema) < bound)
        }
        #expect(BucketBounds.upper(0, schema: schema) == 1)
    }

    @Test("bounds are those that the reference shows, to the last digit")
    func digits() {
        #expect(BucketBounds.upper(1, schema: 1) == 1.414213562373095)
        #expect(BucketBounds.upper(-1, schema: 1) == 0.7071067811865475)
        #expect(BucketBounds.upper(255, schema: 8) == 0.9972960560854698 * 2)
    }

    @Test("the last finite bucket ends at the greatest number, the next is for infinity", arguments: [Int32](-4...8))
    func last(schema: Int32) {
        let index = schema < 0 ? 1024 >> Int(-schema) : 1024 << Int(schema)
        #expect(BucketBounds.upper(index, schema: schema) == .greatestFiniteMagnitude)
        #expect(BucketBounds.upper(index + 1, schema: schema) == .infinity)
        #expect(BucketBounds.upper(index - 1, schema: schema) < .greatestFiniteMagnitude)
    }

    @Test("no index or schema traps", arguments: [Int32.min, -5, -4, 0, 8, 9, .max])
    func extremes(schema: Int32) {
        for index in [Int.min, -1, 0, 1, Int.max] { _ = BucketBounds.upper(index, schema: schema) }
    }
}
