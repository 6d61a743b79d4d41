/// How a statement is written, as far as it matters for finding its literals.
package enum StatementDialect: String, Sendable, Hashable, CaseIterable {
    /// Found out from the beginning of the text; SQL if nothing else fits.
    case unknown
    /// SQL of which no more is known.
    case sql
    case mysql
    case postgresql
    case sqlite
    case sqlServer
    case oracle
    case clickhouse
    /// SQL-like languages in which double quotes hold strings: N1QL, GoogleSQL, Spark, Cypher.
    case doubleQuotedStrings
    /// ReifyDB's query language.
    case rql
    /// A command and its arguments, one command a line.
    case redis
    /// JSON, or calls with JSON-like arguments: MongoDB, Elasticsearch.
    case document

    /// - Parameter system: the value of `db.system.name` or, before OpenTelemetry semantic conventions 1.28, of
    ///   `db.system`.
    package init(system: String) {
        switch system {
        case "mysql", "mariadb", "tidb": self = .mysql
        case "postgresql", "cockroachdb", "redshift", "aws.redshift", "greenplum", "yugabytedb": self = .postgresql
        case "sqlite", "duckdb": self = .sqlite
        case "mssql", "mssqlcompact", "microsoft.sql_server": self = .sqlServer
        case "oracle", "oracle.db": self = .oracle
        case "clickhouse": self = .clickhouse
        case "couchbase", "gcp.bigquery", "bigquery", "spanner", "gcp.spanner", "spark", "databricks", "hive", "neo4j":
            self = .doubleQuotedStrings
        case "reifydb": self = .rql
        case "redis", "valkey", "memcached": self = .redis
        case "mongodb", "elasticsearch", "opensearch", "couchdb", "cosmosdb", "azure.cosmosdb": self = .document
        case "cassandra", "db2", "ibm.db2", "h2database", "hsqldb", "derby", "firebird", "firebirdsql", "sybase",
            "teradata", "trino", "vertica", "hanadb", "sap.hana", "snowflake", "dynamodb", "aws.dynamodb", "other_sql":
            self = .sql
        default: self = .unknown
        }
    }

    /// What a text between double quotes is.
    enum DoubleQuotes {
        case string, identifier, guessed
    }

    var doubleQuotes: DoubleQuotes {
        switch self {
        case .mysql, .doubleQuotedStrings, .rql, .redis, .document: .string
        case .postgresql, .oracle, .clickhouse: .identifier
        // T-SQL and SQLite take both, by setting or by what exists.
        case .unknown, .sql, .sqlite, .sqlServer: .guessed
        }
    }

    /// Whether a backslash in a string takes the next character with it. Standard SQL says no; where nothing is known,
    /// `\'` is more frequent than a string that ends with a backslash.
    var escapesWithBackslash: Bool {
        switch self {
        case .unknown, .mysql, .clickhouse, .doubleQuotedStrings, .document, .redis: true
        case .sql, .postgresql, .sqlite, .sqlServer, .oracle, .rql: false
        }
    }

    var hasDollarQuotes: Bool {
        switch self {
        case .unknown, .sql, .postgresql, .clickhouse: true
        default: false
        }
    }

    var nestsComments: Bool { self == .postgresql || self == .sqlServer || self == .clickhouse }
}

/// The attributes of a span that hold a statement's text.
package enum StatementAttribute {
    /// In the order of preference. `db.query.summary` is not one of them: it is a summary already.
    package static let keys = ["db.query.text", "db.statement", "rql"]
    /// The attributes that name the system.
    package static let systemKeys = ["db.system.name", "db.system"]

    /// The dialect of a statement that was found under a key of `keys`.
    package static func dialect(key: String, system: String?) -> StatementDialect {
        key == "rql" ? .rql : system.map { StatementDialect(system: $0) } ?? .unknown
    }
}
