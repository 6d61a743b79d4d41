import Testing

@testable import PromQLEvaluation

@Suite struct NaturalOrderTests {
    @Test func runsOfDigitsCountByTheirNumber() {
        let sorted = ["", "0", "1", "2", "4m5", "4m600", "4m1000", "10", "a", "a1", "a01b", "a2", "b"]
        #expect(sorted.shuffled().sorted(by: NaturalOrder.precedes) == sorted)
    }

    @Test func manyDigitsDoNotOverflow() {
        let long = String(repeating: "9", count: 100)
        #expect(NaturalOrder.precedes("5", long))
        #expect(!NaturalOrder.precedes(long + "0", long))
    }

    @Test func itIsAnOrder() {
        let texts = ["1", "01", "a1", "a01", "1a", "", "10", "a"]
        for left in texts {
            #expect(!NaturalOrder.precedes(left, left))
            for right in texts where left != right {
                #expect(NaturalOrder.precedes(left, right) != NaturalOrder.precedes(right, left))
            }
        }
    }
}
