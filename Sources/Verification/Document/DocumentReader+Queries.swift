import Yams

extension DocumentReader {
    mutating func query(
        _ language: RawQuery.Language, _ subject: Node, _ node: Node, _ allowsEmpty: Bool
    ) -> any ExpectationBody {
        QueryExpectation(
            language: language, query: text(subject), within: node["within"].map(text),
            answer: answer(node["expect"]), service: service, allowsEmpty: allowsEmpty)
    }

    private mutating func answer(_ node: Node?) -> ExpectedAnswer {
        var answer = ExpectedAnswer()
        guard let node else {
            answer.isEmpty = false
            return answer
        }
        if node.scalar != nil {
            answer.value = valueCondition(node)
            return answer
        }
        for (key, value) in members(node) {
            switch key {
            case "empty": answer.isEmpty = flag(value)
            case "count": answer.count = comparison(value)
            case "value": answer.value = valueCondition(value)
            case "columns": answer.columns = words(value)
            case "rows":
                answer.rows = elements(value).map { row in
                    row.mapping == nil ? .cells(elements(row).map { valueCondition($0) }) : .columns(rowMatcher(row))
                }
            case "contains": answer.contains = elements(value).map { rowMatcher($0) }
            case "all": answer.all = rowMatcher(value)
            case "error":
                if value.mapping != nil {
                    answer.failure = .message(textCondition(value))
                } else if flag(value) {
                    answer.failure = .any
                }
            default: break
            }
        }
        return answer
    }

    private mutating func rowMatcher(_ node: Node) -> Matcher<RowItem> {
        Matcher(
            conditions: attributeConditions(node).map { name, condition in
                Condition("\(name) \(condition.text)") { row, _ in
                    condition.holds(cell: row.cell(name))
                } miss: { row, _ in
                    condition.miss(cell: row.cell(name), subject: name)
                }
            })
    }
}
