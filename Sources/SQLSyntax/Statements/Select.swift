/// A SELECT over one table.
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

    package var outputs: [Output]
    package var table: TableName
    package var condition: Expression?
    package var groups: [Expression]
    package var order: [Order]
    package var limit: Int?

    package init(
        _ outputs: [Output], from table: TableName, where condition: Expression? = nil,
        groupBy groups: [Expression] = [],
        orderBy order: [Order] = [], limit: Int? = nil
    ) {
        self.outputs = outputs
        self.table = table
        self.condition = condition
        self.groups = groups
        self.order = order
        self.limit = limit
    }

    package func print(into printer: inout SQLPrinter) {
        printer.text += "SELECT "
        printer.list(outputs) { printer, output in
            output.expression.print(into: &printer)
            if let alias = output.alias { printer.text += " AS \(alias.sql)" }
        }
        printer.text += " FROM \(table.sql)"
        if let condition {
            printer.text += " WHERE "
            condition.print(into: &printer)
        }
        if !groups.isEmpty {
            printer.text += " GROUP BY "
            printer.list(groups) { $1.print(into: &$0) }
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
