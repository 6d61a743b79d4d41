import Testing

@testable import TraceAnalysis

private func text(_ statement: String, _ dialect: StatementDialect = .unknown) -> String {
    StatementFingerprint(statement, dialect: dialect).text
}

@Suite struct StatementFingerprintTests {
    @Test(
        "SQL of no known system",
        arguments: [
            ("", ""), ("   ", ""), ("select 1", "SELECT ?"), ("SELECT  'a''b' ;\n", "SELECT ?"),
            ("select a,b from t where a=1 and b='x'", "SELECT a, b FROM t WHERE a = ? AND b = ?"),
            ("SELECT * FROM T WHERE id IN (1, 2,3)", "SELECT * FROM T WHERE id IN (?)"),
            ("SELECT * FROM T WHERE id IN(1)", "SELECT * FROM T WHERE id IN (?)"),
            ("SELECT * FROM t WHERE (a,b) IN ((1,2),(3,4))", "SELECT * FROM t WHERE (a, b) IN ((?))"),
            ("select * from t where x in ('a', NULL, true)", "SELECT * FROM t WHERE x IN (?)"),
            (
                "INSERT INTO t (a, b) VALUES (1, 'x'), (2, NULL) , (3, 'z') ON CONFLICT DO NOTHING",
                "INSERT INTO t(a, b) VALUES (?) ON CONFLICT DO NOTHING"
            ),
            (
                "insert into t values (1, now()), (2, now()) returning id",
                "INSERT INTO t VALUES (?, NOW()) RETURNING id"
            ),
            ("SELECT a -- one\n, b /* two */ FROM t", "SELECT a, b FROM t"),
            ("SELECT a FROM t WHERE b = -1 AND c - 1 > +.5e-3", "SELECT a FROM t WHERE b = ? AND c - ? > ?"),
            ("SELECT a-1, a -1, (a)-1 FROM t", "SELECT a - ?, a - ?, (a) - ? FROM t"),
            ("SELECT 0xFF, 1_000, 1.5E+10, X'ab', N'x', E'a\\'b'", "SELECT ?, ?, ?, ?, ?, ?"),
            ("select * from t where a is null and b = true", "SELECT * FROM t WHERE a IS NULL AND b = TRUE"),
            ("select t.order, \"Tab le\".\"x\" from t", "SELECT t.order, \"Tab le\".\"x\" FROM t"),
            ("select * from t where a = \"x y\"", "SELECT * FROM t WHERE a = ?"),
            ("select * from a, b where \"a\".\"x\"=\"b\".\"y\"", "SELECT * FROM a, b WHERE \"a\".\"x\" = \"b\".\"y\""),
            (
                "select * from t where a = ? and b = $1 and c=:name and d = @p",
                "SELECT * FROM t WHERE a = ? AND b = ? AND c = ? AND d = ?"
            ),
            (
                "SELECT * FROM t WHERE a = %s AND b = %(name)s AND c % 2 = 0",
                "SELECT * FROM t WHERE a = ? AND b = ? AND c % ? = ?"
            ),
            ("SELECT * FROM t WHERE a = #{x.y} AND b = ${z}", "SELECT * FROM t WHERE a = ? AND b = ?"),
            ("select count(*), Count ( x ) from t group by y", "SELECT COUNT(*), COUNT(x) FROM t GROUP BY y"),
            ("select count from t", "SELECT count FROM t"),
            ("SELECT a::text, '1'::int FROM t", "SELECT a::text, ?::int FROM t"),
            ("select $$a ' b$$, $tag$ $$ $tag$", "SELECT ?, ?"),
            (
                "select * from t where d = date '2024-01-01' and e > interval '1 day'",
                "SELECT * FROM t WHERE d = date ? AND e > INTERVAL ?"
            ),
            (
                "SELECT [id], [my col] FROM [dbo].[t] WHERE [id] = 5",
                "SELECT [id], [my col] FROM [dbo].[t] WHERE [id] = ?"
            ),
            ("select array[1,2,3], a[1]", "SELECT array[?], a[?]"),
            ("select 1; select 2;", "SELECT ?; SELECT ?"),
            ("select f(1, 2, 3)", "SELECT f(?, ?, ?)"),
            ("UPDATE t SET a = 'x', b = b + 1 WHERE id = 7", "UPDATE t SET a = ?, b = b + ? WHERE id = ?"),
            (
                "select * from t where a in (select b from u where c is null and d in (1,2))",
                "SELECT * FROM t WHERE a IN (SELECT b FROM u WHERE c IS NULL AND d IN (?))"
            ),
            ("select 2fa from users2 where x1=3", "SELECT ? FROM users2 WHERE x1 = ?"),
            ("SELECT 'unfinished", "SELECT ?"), ("SELECT \"unfinished", "SELECT ?"),
            (
                "SELECT a FROM t WHERE b BETWEEN 1 AND 2 LIMIT 10, 20",
                "SELECT a FROM t WHERE b BETWEEN ? AND ? LIMIT ?, ?"
            ),
            ("\u{FEFF}select\u{A0}größe from straße", "SELECT größe FROM straße"),
            ("select a#>>'{b}', c->>'d', e @> '{}' from t", "SELECT a #>> ?, c ->> ?, e @> ? FROM t"),
            ("{? = call p(?, 1)}", "{ ? = call p(?, ?) }"),
            (")]}", ")] }"), ("((((", "(((("), (";;;", ""), (",", ","),
        ])
    func sql(statement: String, normalized: String) {
        #expect(text(statement) == normalized)
    }

    @Test(
        "what differs by system",
        arguments: [
            ("SELECT \"a\" FROM `t` # c\n WHERE x = 5--1", .mysql, "SELECT ? FROM `t` WHERE x = ? - ?"),
            ("/*!40101 SET NAMES utf8 */", .mysql, "SET NAMES utf8"),
            ("SELECT @@version, @x, _utf8'x'", .mysql, "SELECT @@version, ?, ?"),
            ("SELECT 'a\\' AND 'b'", .postgresql, "SELECT ? AND ?"),
            ("SELECT 'a\\' AND 'b'", .mysql, "SELECT ? ?"),
            ("select E'a\\'b' as x, U&'d' /* a /* b */ c */", .postgresql, "SELECT ? AS x, ?"),
            (
                "select a[1], b ? 'x' from \"T\" where c = \"D\"", .postgresql,
                "SELECT a[?], b ? ? FROM \"T\" WHERE c = \"D\""
            ),
            (
                "select * from t where a = {id:UInt64} and b in ({x: Array(String)})", .clickhouse,
                "SELECT * FROM t WHERE a = ? AND b IN (?)"
            ),
            ("select q'[it's]', nq'{x}' from dual where a = :1", .oracle, "SELECT ?, ? FROM dual WHERE a = ?"),
            ("SELECT TOP 10 [a]]b] FROM #tmp WHERE x = @p1", .sqlServer, "SELECT TOP ? [a]]b] FROM #tmp WHERE x = ?"),
            (
                "SELECT * FROM `p.d.t` WHERE a = \"x\" AND b = r\"y\\\"", .doubleQuotedStrings,
                "SELECT * FROM `p.d.t` WHERE a = ? AND b = ?"
            ),
        ] as [(String, StatementDialect, String)])
    func dialects(statement: String, dialect: StatementDialect, normalized: String) {
        #expect(text(statement, dialect) == normalized)
    }

    @Test(
        "RQL",
        arguments: [
            ("from users | filter age > 30 | map { name }", "from users | filter age > ? | map { name }"),
            ("FROM users|FILTER age>31|MAP {name}", "from users | filter age > ? | map { name }"),
            (
                "from test::users filter { name == \"O'Neil\" and x == 'a\"b' }",
                "from test::users filter { name == ? and x == ? }"
            ),
            (
                "from t | filter at > @2024-01-15T10:30:00+05:30 and u == $1 and v == $user_id",
                "from t | filter at > ? and u == ? and v == ?"
            ),
            ("from t # all of it\n| take 10", "from t | take ?"),
            ("from t | sort #rownum | map #other", "from t | sort #rownum | map"),
            (
                "insert users [{ id: 1, name: 'a' }, { id: 2, name: none }, {id:3,name:\"c\"}]",
                "insert users [{ id: ?, name: ? }]"
            ),
            ("from [ { a: 1 }, { a: 2 } ] | extend { b: a * 2 }", "from [{ a: ? }] | extend { b: a * ? }"),
            (
                "let $x = 5; from t | filter a in (1, 2, 3) or b == true",
                "let ? = ?; from t | filter a in (?) or b == true"
            ),
            (
                "from t | filter x between 1 and 0x2A | map { math::abs(-1.5) }",
                "from t | filter x between ? and ? | map { math::abs(?) }"
            ),
            ("from t | filter `odd name` == none", "from t | filter `odd name` == none"),
            ("from t | filter n in 1..10", "from t | filter n in ? .. ?"),
        ])
    func rql(statement: String, normalized: String) {
        #expect(text(statement, .rql) == normalized)
    }

    @Test(
        "documents",
        arguments: [
            (
                "{\"find\": \"users\", \"filter\": {\"age\": {\"$gt\": 30}, \"name\": \"Bob\"}, \"limit\":10}",
                "{\"find\": \"users\", \"filter\": {\"age\": {\"$gt\": ?}, \"name\": ?}, \"limit\": ?}"
            ),
            (
                "{\"insert\":\"t\",\"documents\":[{\"a\":1,\"b\":null},{\"a\":2,\"b\":\"x\"}]}",
                "{\"insert\": \"t\", \"documents\": [{\"a\": ?, \"b\": ?}]}"
            ),
            ("{\"a\": {\"$in\": [1, 2, \"c\"]}, \"ok\": true}", "{\"a\": {\"$in\": [?]}, \"ok\": true}"),
            (
                "db.users.find({age: {$gt: -3}, name: /^b/i, _id: ObjectId('5f')}).limit(5)",
                "db.users.find({age: {$gt: ?}, name: ?, _id: ObjectId(?)}).limit(?)"
            ),
            ("{\"query\":{\"match\":{\"title\":\"x\"}}}", "{\"query\": {\"match\": {\"title\": ?}}}"),
            ("{\"a\": \"cut of", "{\"a\": ?"), ("[1,2", "[?]"), ("{}", "{}"),
        ])
    func documents(statement: String, normalized: String) {
        #expect(text(statement, .document) == normalized)
        #expect(text(statement) == normalized)
    }

    @Test(
        "commands",
        arguments: [
            ("get user:42:profile", "GET user:?:profile"), ("SET k v EX 10", "SET k ?"),
            ("GET  user:43:profile\r\n", "GET user:?:profile"), ("MGET a1 b2 c3", "MGET ? ?"),
            ("hmset h f1 v1 f2 v2", "HMSET h ?"), ("config get maxmemory", "CONFIG GET ?"),
            ("EVAL \"return 1\" 1 key", "EVAL ?"), ("PING", "PING"), ("AUTH bob secret", "AUTH ?"),
            ("MULTI\nGET a1\nGET b2\nEXEC", "MULTI\nGET ?\nEXEC"), ("GET \"a b\" c", "GET ?"), ("", ""),
        ])
    func commands(statement: String, normalized: String) {
        #expect(text(statement, .redis) == normalized)
    }

    @Test func `a statement that was cut off in a list is the whole one`() {
        let rows = "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')"
        for length in 23...rows.count {
            #expect(text(String(rows.prefix(length))) == "INSERT INTO t VALUES (?)")
        }
    }

    @Test func `one hash for one text, which is stable`() {
        let one = StatementFingerprint("select * from t where a = 1")
        #expect(one == StatementFingerprint("SELECT *\nFROM t\nWHERE a=22 -- x"))
        #expect(one != StatementFingerprint("select * from t where b = 1"))
        // Stored with other processes' hashes: a change of it is a change of a format.
        #expect(StatementFingerprint("").hash != 0 && one.hash != 0)
        #expect(Set([one, StatementFingerprint("select * from t where a = 2")]).count == 1)
    }

    @Test func `a long text is cut at a character and its hash is of all of it`() {
        let name = String(repeating: "é", count: 4000)
        let one = StatementFingerprint("select \(name) from a")
        let two = StatementFingerprint("select \(name) from b")
        #expect(one.isTruncated && one.text.utf8.count <= StatementFingerprint.textBytesMax)
        #expect(one.text == two.text && one.hash != two.hash)
        #expect(one.text.hasSuffix("é"))
        #expect(!StatementFingerprint("select a").isTruncated)
    }

    @Test func `systems and keys tell the dialect`() {
        #expect(
            StatementDialect(system: "mariadb") == .mysql
                && StatementDialect(system: "microsoft.sql_server") == .sqlServer)
        #expect(StatementDialect(system: "what") == .unknown)
        #expect(StatementAttribute.dialect(key: "rql", system: "mysql") == .rql)
        #expect(StatementAttribute.dialect(key: "db.statement", system: nil) == .unknown)
        #expect(!StatementAttribute.keys.contains("db.query.summary"))
    }

    @Test func `normalizing a normalized statement changes nothing`() {
        for statement in [
            "select a, b from t where a in (1,2) and b = 'x' order by c desc limit 5",
            "insert into t (a, b) values (1, 2), (3, 4)", "select f(1, -2), count(*) from x.y z join w on z.a = w.b",
        ] {
            let once = text(statement, .sql)
            #expect(text(once, .sql) == once)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `no bytes trap, and the same bytes have one fingerprint`() {
        var random = TestRandom(state: 8)
        let pieces = [
            "'", "\"", "`", "[", "]", "(", ")", "{", "}", "$", "$$", "$a$", "--", "/*", "*/", "/*!", "#", "@", "@@",
            ":",
            "::", ":=", "?", "%s", "%(", "VALUES", "IN", "select", "NULL", ",", ";", ".", "..", "-", "+", "1", "0x",
            "1e-", "q'[", "E'", "U&'", "_x'", "\\", "\n", " ", "é", "row", "\u{A0}", "db.", "map", "{a:", "null", "/",
        ].map { Array($0.utf8) }
        for round in 0..<1500 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                if round % 3 == 0 {
                    bytes.append(.random(in: 0...255, using: &random))
                } else {
                    bytes += pieces[Int.random(in: 0..<pieces.count, using: &random)]
                }
            }
            for dialect in StatementDialect.allCases {
                let fingerprint = bytes.withUnsafeBufferPointer { StatementFingerprint($0, dialect: dialect) }
                let again = bytes.withUnsafeBufferPointer { StatementFingerprint($0, dialect: dialect) }
                #expect(fingerprint.hash == again.hash && fingerprint.text == again.text)
                #expect(fingerprint.text.utf8.count <= 4 * bytes.count + 8)
            }
        }
    }

    @Test(
        "hostile lengths end",
        .timeLimit(.minutes(5)),
        arguments: [
            "(", "[", "{", "{a:", "$a$", "$", "/*", "'", "\"", "`", "[a", "VALUES (", "1,", "(1,", "((1),", "%(", "${",
            "-", ".", "q'[", "a ", "?,", "{\"a\":[", "SELECT ", "IN (1,2),", "'' ", "::", "#{", "(a,(a,(a,",
        ])
    func hostile(piece: String) {
        let statement = String(repeating: piece, count: 30_000 / piece.utf8.count)
        for dialect in StatementDialect.allCases {
            #expect(StatementFingerprint(statement, dialect: dialect).text.utf8.count <= 4096)
        }
    }

    @Test func `the cache answers as without it`() {
        var cache = StatementFingerprintCache(capacity: 4)
        for round in 0..<50 {
            let statement = "select \(round % 3) from t\(round % 7)"
            #expect(cache.fingerprint(statement, dialect: .sql) == StatementFingerprint(statement, dialect: .sql))
        }
        #expect(cache.fingerprint("get a", dialect: .redis) == StatementFingerprint("get a", dialect: .redis))
        #expect(cache.fingerprint("get a", dialect: .sql).text == "get a")
        let before = cache.hits
        _ = cache.fingerprint("get a", dialect: .sql)
        #expect(cache.hits == before + 1)
    }
}

@Suite struct StatementStatisticsTests {
    private func add(
        _ statistics: inout StatementStatistics, _ statement: String, _ duration: Int64, service: String = "a",
        isError: Bool = false
    ) {
        statistics.add(
            StatementFingerprint(statement), statement: statement, service: service, duration: duration,
            isError: isError)
    }

    @Test func `executions of one statement are counted together`() {
        var statistics = StatementStatistics()
        add(&statistics, "select 1", 10)
        add(&statistics, "select 2", 30, service: "b", isError: true)
        add(&statistics, "select 3", 20, service: "b")
        add(&statistics, "delete from t", 5)
        let entries = statistics.entries
        #expect(entries.map(\.fingerprint.text) == ["SELECT ?", "DELETE FROM t"])
        #expect(entries[0].count == 3 && entries[0].errors == 1 && entries[0].total == 60)
        #expect(entries[0].sample == "select 2" && entries[0].services == ["a", "b"])
        #expect(entries[0].durations.quantiles([0.5, 0.95, 1]) == [20, 30, 30])
    }

    @Test func `memory is bounded and nothing is lost`() {
        var statistics = StatementStatistics(statementsMax: 3)
        for index in 0..<100 {
            add(&statistics, "select a\(index) from t", 1, isError: index % 2 == 0)
            add(&statistics, "select x", 2, service: "s\(index)")
        }
        let entries = statistics.entries
        #expect(entries.count == 3)
        #expect(entries.reduce(statistics.other.count) { $0 + $1.count } == 200)
        #expect(entries[0].services.count == StatementStatistics.servicesMax && entries[0].hasMoreServices)
        add(&statistics, "select x, '\(String(repeating: "é", count: 3000))'", 2)
        var long = StatementStatistics()
        add(&long, "select '\(String(repeating: "é", count: 3000))'", 2)
        #expect(long.entries[0].sample.utf8.count <= StatementStatistics.sampleBytesMax)
        #expect(long.entries[0].sample.hasSuffix("é"))
    }
}

@Suite struct RepeatedStatementsTests {
    private func find(
        _ spans: [TestSpan], _ countMin: Int = 5, where isStatement: (TestSpan) -> Bool = { $0.operation == "q" }
    ) -> [RepeatedStatements.Finding] {
        let tree = tree(spans)
        let statements = (0..<tree.count).compactMap { row -> (row: Int, fingerprint: UInt64)? in
            tree.skeleton.operationName(of: row) == "q" ? (row, 7) : nil
        }
        return RepeatedStatements(tree, statements: statements, countMin: countMin).findings
    }

    @Test func `a statement five times below one span is found`() {
        let calls = (0..<5).map { TestSpan(UInt64($0) + 2, 1, Int64($0) * 10, 8, operation: "q") }
        let findings = find([TestSpan(1)] + calls)
        #expect(
            findings == [
                .init(
                    parent: 0, place: .sameParent, fingerprint: 7, count: 5, total: 40, elapsed: 40,
                    pattern: .sequential, rows: [1, 2, 3, 4, 5])
            ])
        #expect(find([TestSpan(1)] + calls.dropLast()).isEmpty)
        #expect(find([TestSpan(1)] + calls.dropLast(), 2).count == 1)
    }

    @Test func `executions at the same time are concurrent`() {
        let calls = (0..<6).map { TestSpan(UInt64($0) + 2, 1, Int64($0), 50, operation: "q") }
        let findings = find([TestSpan(1)] + calls)
        #expect(findings.map(\.pattern) == [.concurrent])
        #expect(findings.map(\.total) == [300] && findings.map(\.elapsed) == [55])
    }

    @Test func `a loop over a function that queries is found below what loops`() {
        var spans = [TestSpan(1, 0, 0, 100)]
        for index in 0..<5 {
            spans.append(TestSpan(UInt64(index) + 10, 1, Int64(index) * 10, 9, operation: "load"))
            spans.append(TestSpan(UInt64(index) + 20, UInt64(index) + 10, Int64(index) * 10 + 1, 7, operation: "q"))
        }
        let findings = find(spans)
        #expect(findings.map(\.place) == [.sameParentOperation] && findings.map(\.parent) == [0])
        #expect(findings.map(\.count) == [5])
        // Other operations between are other work.
        spans[1].operation = "other"
        #expect(find(spans).isEmpty)
    }

    @Test func `roots and rows that the tree does not have are no finding`() {
        let tree = tree((1...6).map { TestSpan($0, operation: "q") })
        let statements = (0..<9).map { (row: $0, fingerprint: UInt64(7)) }
        #expect(RepeatedStatements(tree, statements: statements).findings.isEmpty)
    }
}
