/// A SELECT over one table or over the rows of another SELECT.
package struct Select: Sendable, Hashable {
    package struct Output: Sendable, Hashable {
        package let expression: Expression
        package let alias: Identifier?

        package init(_ expression: Expression, as alias: Identifier? = nil) {
            self.expression = expression
            self.alias = alias
        }
    }

    package struct Order: Sendable, Hashable {
        package let expression: Expression
        package let isDescending: Bool

        package init(_ expression: Expression, descending: Bool = false) {
            self.expression = expression
            isDescending = descending
        }
    }

    package indirect enum Source: Sendable, Hashable {
        case table(TableName)
        case rows(Select)
        /// One row without columns.
        case nothing
    }

    package var outputs: [Output]
    package var isDistinct = false
    package var source: Source
    package var condition: Expression?
    package var groups: [Expression]
    package var having: Expression?
    package var order: [Order]
    package var limit: Int?

    package init(
        _ outputs: [Output], from table: TableName, where condition: Expression? = nil,
        groupBy groups: [Expression] = [],
        orderBy order: [Order] = [], limit: Int? = nil
    ) {
        self.outputs = outputs
        source = .table(table)
        self.condition = condition
        self.groups = groups
        self.order = order
        self.limit = limit
    }

    package init(
        _ outputs: [Output], fromRowsOf rows: Select, where condition: Expression? = nil,
        groupBy groups: [Expression] = [], orderBy order: [Order] = [], limit: Int? = nil
    ) {
        self.outputs = outputs
        source = .rows(rows)
        self.condition = condition
        self.groups = groups
        self.order = order
        self.limit = limit
    }

    /// The items of a bound array as rows.
    package init(eachOf array: Parameter, as item: (Expression) -> Expression) {
        outputs = [.init(item(.call("arrayJoin", .parameter(array))))]
        source = .nothing
        groups = []
        order = []
    }

    package func print(into printer: inout SQLPrinter) {
        printer.text += isDistinct ? "SELECT DISTINCT " : "SELECT "
        printer.list(outputs) { printer, output in
            output.expression.print(into: &printer)
            if let alias = output.alias { printer.text += " AS \(alias.sql)" }
        }
        switch source {
        case .table(let table): printer.text += " FROM \(table.sql)"
        case .nothing: break
        case .rows(let select):
            printer.text += " FROM ("
            select.print(into: &printer)
            printer.text += ")"
        }
        if let condition {
            printer.text += " WHERE "
            condition.print(into: &printer)
        }
        if !groups.isEmpty {
            printer.text += " GROUP BY "
            printer.list(groups) { $1.print(into: &$0) }
        }
        if let having {
            printer.text += " HAVING "
            having.print(into: &printer)
        }
        if !order.isEmpty {
            printer.text += " ORDER BY "
            printer.list(order) { printer, order in
                order.expression.print(into: &printer)
                if order.isDescending { printer.text += " DESC" }
            }
        }
        if let limit { printer.text += " LIMIT \(limit)" }
    }
}
