import Yams

/// What a section says about the HTTP client, until all of it is known.
struct ClientSettings {
    var options = ScrapeClientOptions()
    /// Ways of authorization that stand in the section; one is allowed.
    var ways: [String] = []
}

extension ConfigurationReader {
    static let clientKeys = ConfigurationKeys(
        [
            "basic_auth", "authorization", "bearer_token", "bearer_token_file", "follow_redirects", "http_headers",
            "tls_config",
        ],
        ignored: ["enable_http2": "HTTP/2 is used over TLS when the other side offers it"],
        refused: [
            "oauth2": "use `basic_auth` or `authorization`", "proxy_url": "no proxy is used",
            "no_proxy": "no proxy is used", "proxy_from_environment": "no proxy is used",
            "proxy_connect_header": "no proxy is used",
        ])

    mutating func readClient(_ key: String, _ node: Node, into client: inout ClientSettings) {
        switch key {
        case "basic_auth":
            client.ways.append(key)
            client.options.credentials = readBasic(node)
        case "authorization":
            client.ways.append(key)
            client.options.credentials = readAuthorization(node)
        case "bearer_token", "bearer_token_file":
            client.ways.append(key)
            guard let value = text(node, key) else { return }
            client.options.credentials = .authorization(
                type: "Bearer", credentials: key == "bearer_token" ? .text(value) : .file(path(value)))
        case "follow_redirects": client.options.followsRedirects = flag(node, key) ?? true
        case "http_headers": client.options.headers = readHeaders(node)
        case "tls_config":
            // An empty section stands in many files and asks for nothing.
            if node.mapping?.isEmpty != true {
                report(node, "`tls_config` is not supported: certificates are checked against those of the system")
            }
        default: break
        }
    }

    mutating func finish(_ client: ClientSettings, at node: Node) -> ScrapeClientOptions {
        if client.ways.count > 1 {
            let names = client.ways.map { "`\($0)`" }.joined(separator: " and ")
            report(node, "at most one way of authorization may be configured, there are \(names)")
        }
        return client.options
    }

    private mutating func readBasic(_ node: Node) -> ScrapeClientOptions.Credentials {
        var user = ScrapeClientOptions.Secret.text("")
        var password = ScrapeClientOptions.Secret.text("")
        let keys = ConfigurationKeys(["username", "username_file", "password", "password_file"])
        section(node, "basic_auth", keys: keys) { reader, key, value in
            guard let text = reader.text(value, key) else { return }
            switch key {
            case "username": user = .text(text)
            case "username_file": user = .file(reader.path(text))
            case "password": password = .text(text)
            default: password = .file(reader.path(text))
            }
        }
        return .basic(user: user, password: password)
    }

    private mutating func readAuthorization(_ node: Node) -> ScrapeClientOptions.Credentials {
        var type = "Bearer"
        var credentials = ScrapeClientOptions.Secret.text("")
        let keys = ConfigurationKeys(["type", "credentials", "credentials_file"])
        section(node, "authorization", keys: keys) { reader, key, value in
            guard let text = reader.text(value, key) else { return }
            switch key {
            case "type": type = text
            case "credentials": credentials = .text(text)
            default: credentials = .file(reader.path(text))
            }
        }
        if type.lowercased() == "basic" { report(node, "`authorization` of type basic is written as `basic_auth`") }
        return .authorization(type: type, credentials: credentials)
    }

    /// Headers that scraping sets itself.
    private static let reservedHeaders: Set<String> = [
        "accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length",
        "content-type", "host", "transfer-encoding", "user-agent", "x-prometheus-scrape-timeout-seconds",
    ]

    private mutating func readHeaders(_ node: Node) -> [String: [ScrapeClientOptions.Secret]] {
        var result: [String: [ScrapeClientOptions.Secret]] = [:]
        guard let mapping = node.mapping else {
            report(node, "`http_headers`: expected names of headers")
            return result
        }
        for (nameNode, valuesNode) in mapping {
            guard let name = text(nameNode, "http_headers") else { continue }
            if Self.reservedHeaders.contains(name.lowercased()) {
                report(nameNode, "`http_headers`: `\(name)` cannot be set")
                continue
            }
            var secrets: [ScrapeClientOptions.Secret] = []
            section(valuesNode, "http_headers", keys: ConfigurationKeys(["values", "secrets", "files"])) {
                reader, key, value in
                let texts = reader.texts(value, key)
                secrets += key == "files" ? texts.map { .file(reader.path($0)) } : texts.map { .text($0) }
            }
            result[name] = secrets
        }
        return result
    }
}
