import Testing

@testable import LogFiles

@Suite struct GlobPatternTests {
    @Test(arguments: [
        ("/logs/*.log", "/logs/a.log", true), ("/logs/*.log", "/logs/.log", true),
        ("/logs/*.log", "/logs/a.log.1", false), ("/logs/*.log", "/logs/b/a.log", false),
        ("/logs/*.{jsonl,log}", "/logs/a.jsonl", true), ("/logs/*.{jsonl,log}", "/logs/a.json", false),
        ("/{a,b/{c,d}}/x", "/b/d/x", true), ("/{a,b/{c,d}}/x", "/b/x", false), ("/{a,}b", "/b", true),
        ("/a?c", "/aäc", true), ("/a?c", "/ac", false), ("/[a-c]x", "/bx", true), ("/[!a-c]x", "/bx", false),
        ("/[^a-c]x", "/dx", true), ("/[]x]", "/]", true), ("/[a-]", "/-", true), ("/[{,}]", "/,", true),
        ("/\\*", "/*", true), ("/\\*", "/a", false), ("/a\\{b", "/a{b", true),
        ("/**/a.log", "/a.log", true), ("/**/a.log", "/x/y/z/a.log", true), ("/x/**/z/*.log", "/x/z/a.log", true),
        ("/x/**/z/*.log", "/x/1/z/2/z/a.log", true), ("/x/**/z/*.log", "/x/1/a.log", false),
        ("/x/**", "/x/y/z", true), ("/x/**", "/y/z", false), ("/*a*b*c", "/xaxbxxc", true),
        ("/*a*b*c", "/xaxcxxb", false), ("logs/*.log", "logs/a.log", true), ("logs/*.log", "/logs/a.log", false),
        ("./logs/*.log", "logs/a.log", true),
        ("/" + String(repeating: "*a", count: 50), "/" + String(repeating: "a", count: 49), false),
    ])
    func matches(_ pattern: String, _ path: String, _ expected: Bool) throws {
        let patterns = try GlobPattern.parse(pattern)
        #expect(patterns.contains { $0.matches(path) } == expected)
    }

    @Test(arguments: ["", "/[a", "/{a", String(repeating: "{a,b}", count: 20)])
    func wrongPatternsAreRefused(_ pattern: String) {
        #expect(throws: LogFileError.self) { try GlobPattern.parse(pattern) }
    }

    @Test func aFinderFindsWhatMatchesAndFollowsNoCircle() throws {
        let rig = try LogFileRig()
        for folder in ["x", "x/y", "x/y/z"] { try rig.makeFolder(folder) }
        for name in ["a.log", "x/b.log", "x/y/c.log", "x/y/z/d.log", "x/y/z/e.txt"] { try rig.append("1\n", to: name) }
        try rig.link("x/y/circle", to: "..")
        func find(_ pattern: String, excluding: [String] = []) throws -> [String] {
            let finder = try FileFinder(patterns: [rig.path(pattern)], excluding: excluding, filesMax: 100)
            return finder.find().map { String($0.path.dropFirst(rig.folder.count + 1)) }
        }
        #expect(try find("**/*.log") == ["a.log", "x/b.log", "x/y/c.log", "x/y/z/d.log"])
        #expect(try find("**/*.log", excluding: ["c.*", "**/z/*"]) == ["a.log", "x/b.log"])
        #expect(try find("x/*/c.log") == ["x/y/c.log"])
        #expect(try find("x/y/circle/*.log") == ["x/y/circle/b.log"])
        #expect(try find("nothing/*") == [])
    }
}
