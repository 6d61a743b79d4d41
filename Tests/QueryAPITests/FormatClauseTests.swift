import Testing

@testable import QueryAPI

@Suite struct FormatClauseTests {
    @Test(
        "the clause at the end of a statement is taken off",
        arguments: [
            ("SELECT 1", "SELECT 1", nil), ("SELECT 1;", "SELECT 1", nil), ("SELECT 1 ; \n;", "SELECT 1", nil),
            ("SELECT 1 FORMAT JSON", "SELECT 1 ", "JSON"), ("SELECT 1 format JSON;", "SELECT 1 ", "JSON"),
            ("SELECT 1\nFormat\n\tCSV\n;\n", "SELECT 1\n", "CSV"), ("SELECT (1)FORMAT TSV", "SELECT (1)", "TSV"),
            ("SELECT 1 FORMAT Null_1", "SELECT 1 ", "Null_1"),
            // These are no clauses.
            ("SELECT 1 AS format", "SELECT 1 AS format", nil),
            ("SELECT 'a FORMAT JSON'", "SELECT 'a FORMAT JSON'", nil),
            ("SELECT date_format x", "SELECT date_format x", nil), ("SELECT 1 FORMAT", "SELECT 1 FORMAT", nil),
            ("FORMAT", "FORMAT", nil), ("", "", nil), (";", "", nil),
        ] as [(String, String, String?)])
    func split(statement: String, text: String, format: String?) {
        let parts = FormatClause.split(statement)
        #expect(parts.text == text)
        #expect(parts.format == format)
    }
}
