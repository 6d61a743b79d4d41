extension Query {
    /// The attributes that it mentions, each once, in the order of their first appearance.
    package var attributes: [Attribute] {
        var found = AttributeList()
        switch body {
        case .search(let pipeline): found.add(pipeline)
        case .metrics(let metrics): found.add(metrics)
        }
        return found.attributes
    }
}

extension Pipeline {
    /// The attributes that it mentions, each once, in the order of their first appearance.
    package var attributes: [Attribute] {
        var found = AttributeList()
        found.add(self)
        return found.attributes
    }
}

extension MetricsExpression {
    /// The attributes that it mentions, each once, in the order of their first appearance.
    package var attributes: [Attribute] {
        var found = AttributeList()
        found.add(self)
        return found.attributes
    }
}

extension SpansetExpression {
    /// The attributes that it mentions, each once, in the order of their first appearance.
    package var attributes: [Attribute] {
        var found = AttributeList()
        found.add(self)
        return found.attributes
    }
}

extension FieldExpression {
    /// The attributes that it mentions, each once, in the order of their first appearance.
    package var attributes: [Attribute] {
        var found = AttributeList()
        found.add(self)
        return found.attributes
    }
}

private struct AttributeList {
    private(set) var attributes: [Attribute] = []
    private var seen: Set<Attribute> = []

    mutating func add(_ attribute: Attribute) {
        if seen.insert(attribute).inserted { attributes.append(attribute) }
    }

    mutating func add(_ field: FieldExpression) {
        switch field {
        case .literal: break
        case .attribute(let attribute): add(attribute)
        case .negated(let operand), .not(let operand): add(operand)
        case .arithmetic(let left, _, let right), .comparison(let left, _, let right), .and(let left, let right),
            .or(let left, let right):
            add(left)
            add(right)
        }
    }

    mutating func add(_ spansets: SpansetExpression) {
        switch spansets {
        case .filter(let field): add(field)
        case .combined(let left, _, let right):
            add(left)
            add(right)
        case .pipeline(let pipeline): add(pipeline)
        }
    }

    mutating func add(_ pipeline: Pipeline) {
        for stage in pipeline.stages {
            switch stage {
            case .spansets(let spansets): add(spansets)
            case .scalarFilter(let left, _, let right):
                add(left)
                add(right)
            case .group(let field): add(field)
            case .coalesce: break
            case .select(let attributes): attributes.forEach { add($0) }
            }
        }
    }

    mutating func add(_ scalar: ScalarExpression) {
        switch scalar {
        case .literal: break
        case .aggregate(_, let field): if let field { add(field) }
        case .arithmetic(let left, _, let right):
            add(left)
            add(right)
        case .negated(let operand): add(operand)
        case .pipeline(let pipeline, let scalar):
            add(pipeline)
            add(scalar)
        }
    }

    mutating func add(_ metrics: MetricsExpression) {
        switch metrics {
        case .pipeline(let pipeline, let function):
            add(pipeline)
            switch function.kind {
            case .rate, .countOverTime: break
            case .minimumOverTime(let field), .maximumOverTime(let field), .averageOverTime(let field),
                .sumOverTime(let field), .quantileOverTime(let field, _), .histogramOverTime(let field):
                add(field)
            case .compare(let selection, _, _, _): add(selection)
            }
            function.groups.forEach { add($0) }
        case .number: break
        case .arithmetic(let left, _, let right):
            add(left)
            add(right)
        case .ranked(let operand, _), .filtered(let operand, _, _): add(operand)
        }
    }
}
