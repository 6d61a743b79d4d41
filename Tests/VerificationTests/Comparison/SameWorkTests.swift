import Testing

@testable import Verification

@Suite("The same work")
struct SameWorkTests {
    @Test(
        "equal counts of roots are the same work, random ones are not",
        arguments: [
            ([1], [1], true), ([500], [500], true), ([500], [498], false), ([100, 200, 300], [100, 200, 301], false),
            ([100, 200, 300, 400, 50], [100, 200, 300, 400, 51], true), ([], [], true), ([10, 20], [11, 20], false),
        ])
    func likely(a: [Int], b: [Int], isLikely: Bool) {
        #expect(SameWork.isLikely(zip(a, b)) == isLikely)
    }
}
