import Testing

@testable import Verification

@Suite struct SnapshotDifferenceTests {
    private func difference(_ old: String, _ new: String, linesMax: Int = 500) -> String? {
        SnapshotDifference.unified(old, new, oldName: "old", newName: "new", linesMax: linesMax)
    }

    @Test func equalTextsHaveNone() {
        #expect(difference("a\nb\n", "a\nb\n") == nil)
        #expect(difference("a\r\nb\r\n", "a\nb\n") == nil)
        #expect(difference("", "") == nil)
    }

    @Test func aChangeStandsBetweenTheLinesAroundIt() {
        let old = (1...20).map { "\($0)\n" }.joined()
        let new = old.replacing("10\n", with: "ten\n").replacing("11\n", with: "")
        #expect(
            difference(old, new) == """
                --- old
                +++ new
                @@ -7,8 +7,7 @@
                 7
                 8
                 9
                -10
                -11
                +ten
                 12
                 13
                 14

                """)
    }

    @Test func changesFarApartHaveTheirOwnPlaces() {
        let old = (1...20).map { "\($0)\n" }.joined()
        let text = difference(old, "0\n" + old + "21\n")
        #expect(text?.split(separator: "\n").filter { $0.hasPrefix("@@") } == ["@@ -1,3 +1,4 @@", "@@ -18,3 +19,4 @@"])
    }

    @Test func fromNothingAllIsAdded() {
        #expect(difference("", "a\nb\n") == "--- old\n+++ new\n@@ -0,0 +1,2 @@\n+a\n+b\n")
        #expect(difference("a\n", "") == "--- old\n+++ new\n@@ -1 +0,0 @@\n-a\n")
    }

    @Test func aLongDifferenceIsCutAndSaysSo() {
        let text = difference("", (0..<100).map { "\($0)\n" }.joined(), linesMax: 10)
        #expect(text?.hasSuffix("… and 93 more lines of the difference\n") == true)
    }

    /// Applies the difference to the old text and compares with the new one, and checks that no edit is superfluous
    /// against the length of the longest common subsequence.
    @Test func theDifferenceLeadsFromOneTextToTheOtherAndIsTheShortest() {
        var seed: UInt64 = 1
        func random(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        for _ in 0..<300 {
            let old = (0..<random(14)).map { _ in "\(random(4))" }
            let new = (0..<random(14)).map { _ in "\(random(4))" }
            let text = difference(
                old.map { $0 + "\n" }.joined(), new.map { $0 + "\n" }.joined())
            let body = (text ?? "").split(separator: "\n").dropFirst(2)
            let removed = body.filter { $0.hasPrefix("-") }.count
            let added = body.filter { $0.hasPrefix("+") }.count
            #expect(removed + added == old.count + new.count - 2 * Self.common(old, new))
            #expect(Self.apply(body.map(String.init), to: old) == new)
        }
    }

    @Test func textsThatHaveNothingInCommonAreComparedInBoundedTime() {
        let old = (0..<20_000).map { "a\($0)\n" }.joined()
        let new = (0..<20_000).map { "b\($0)\n" }.joined()
        #expect(difference(old, new)?.contains("@@ -1,20000 +1,20000 @@") == true)
    }

    @Test func aMissingSnapshotAndOneOfAnotherVersionAreExplained() {
        let new = SnapshotText.heading + "\nx\n"
        #expect(SnapshotFile.difference(kept: new, new: new, path: "p") == nil)
        #expect(SnapshotFile.difference(kept: nil, new: new, path: "p")?.contains("--update p") == true)
        #expect(SnapshotFile.difference(kept: "other\n", new: new, path: "p")?.contains("another version") == true)
        #expect(
            SnapshotFile.difference(kept: SnapshotText.heading + "\ny\n", new: new, path: "p")?.contains("-y\n+x\n")
                == true)
    }

    private static func common(_ old: [String], _ new: [String]) -> Int {
        var lengths = Array(repeating: Array(repeating: 0, count: new.count + 1), count: old.count + 1)
        for (row, first) in old.enumerated() {
            for (column, second) in new.enumerated() {
                lengths[row + 1][column + 1] =
                    first == second
                    ? lengths[row][column] + 1 : max(lengths[row][column + 1], lengths[row + 1][column])
            }
        }
        return lengths[old.count][new.count]
    }

    private static func apply(_ body: [String], to old: [String]) -> [String] {
        var result: [String] = []
        var position = 0
        for line in body {
            if line.hasPrefix("@@") {
                let numbers = line.split(separator: " ")[1].dropFirst().split(separator: ",").compactMap { Int($0) }
                let isEmpty = numbers.count > 1 && numbers[1] == 0
                let start = isEmpty ? numbers[0] : numbers[0] - 1
                result += old[position..<start]
                position = start
                continue
            }
            let content = String(line.dropFirst())
            switch line.first {
            case "-": position += 1
            case "+": result.append(content)
            default:
                result.append(content)
                position += 1
            }
        }
        return result + old[position...]
    }
}
