import Codecs
import HTTPTypes
import Hummingbird

/// Who may use a surface.
package struct AccessRule: Sendable, Equatable {
    /// True: only requests whose `Host` is this machine's loopback name are answered, so that a web page that a person
    /// has open cannot reach Martlet through a name it controls (DNS rebinding).
    package var requiresLoopbackHost: Bool
    /// Demanded when set: `Authorization: Bearer TOKEN`, or Basic with it as password.
    package var token: String?
    /// Origins of web pages that may call; others are refused. `*` as port stands for any.
    package var origins: [String]

    package init(requiresLoopbackHost: Bool, token: String?, origins: [String]) {
        self.requiresLoopbackHost = requiresLoopbackHost
        self.token = token
        self.origins = origins
    }

    /// Why a request is refused, or nil.
    package func refusal(host: String?, origin: String?, authorization: String?) -> (status: Int, message: String)? {
        if requiresLoopbackHost, let host, !Self.isLoopback(host: host) {
            return (403, "host \(host) is refused: this port answers to localhost only (set bind to open it)")
        }
        if let origin, !allows(origin: origin) {
            return (403, "origin \(origin) is refused (otlp.cors_origins lists who may call)")
        }
        if let token, !Self.matches(token, authorization) {
            return (401, "a token is needed: Authorization: Bearer TOKEN, or Basic with the token as password")
        }
        return nil
    }

    package func allows(origin: String) -> Bool {
        origins.contains { pattern in
            if pattern == "*" || pattern == origin { return true }
            guard pattern.hasSuffix(":*") else { return false }
            let prefix = pattern.dropLast(2)
            guard origin.hasPrefix(prefix) else { return false }
            let rest = origin.dropFirst(prefix.count)
            return rest.isEmpty
                || (rest.first == ":" && rest.count > 1 && rest.dropFirst().utf8.allSatisfy(Self.isDigit))
        }
    }

    /// True for `localhost`, names below it and loopback addresses, each with or without a port.
    package static func isLoopback(host: String) -> Bool {
        var name = host.lowercased()
        if name.hasPrefix("[") {
            let rest = name.drop { $0 != "]" }.dropFirst()
            guard rest.isEmpty || rest.first == ":" && rest.dropFirst().utf8.allSatisfy(isDigit) else { return false }
            name = String(name.dropFirst().prefix { $0 != "]" })
        } else if let colon = name.lastIndex(of: ":") {
            name = String(name[..<colon])
        }
        return name == "localhost" || name.hasSuffix(".localhost") || name == "::1" || isLoopbackIPv4(name)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLoopbackIPv4(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.utf8.allSatisfy(isDigit) && UInt8($0) != nil }
    }

    private static func matches(_ token: String, _ authorization: String?) -> Bool {
        guard let authorization, let space = authorization.firstIndex(of: " ") else { return false }
        let scheme = authorization[..<space].lowercased()
        let value = authorization[authorization.index(after: space)...].drop { $0 == " " }
        switch scheme {
        case "bearer": return equalInConstantTime(String(value), token)
        case "basic":
            let decoded = Array(value.utf8).withUnsafeBufferPointer { Base64.decode($0) }.map { Array($0) } ?? []
            guard let colon = decoded.firstIndex(of: UInt8(ascii: ":")) else { return false }
            return equalInConstantTime(String(decoding: decoded[(colon + 1)...], as: UTF8.self), token)
        default: return false
        }
    }

    /// Takes as long for a wrong token as for the right one.
    private static func equalInConstantTime(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var difference = left.count ^ right.count
        for index in 0..<max(left.count, right.count) {
            let a = index < left.count ? left[index] : 0
            let b = index < right.count ? right[index] : 0
            difference |= Int(a ^ b)
        }
        return difference == 0
    }
}

/// Applies an `AccessRule`, and answers a permitted web page's cross-origin questions.
struct AccessMiddleware<Context: RequestContext>: RouterMiddleware {
    let rule: AccessRule

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let origin = request.headers[.origin]
        // A preflight request never carries credentials (Fetch standard, "CORS-preflight fetch").
        let isPreflight =
            request.method == .options && origin != nil && request.headers[.accessControlRequestMethod] != nil
        let refusal = rule.refusal(
            host: request.head.authority, origin: origin, authorization: request.headers[.authorization])
        if let refusal, !(isPreflight && refusal.status == 401) {
            var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
            if refusal.status == 401 { headers[.wwwAuthenticate] = "Basic realm=\"martlet\"" }
            return Response(
                status: .init(code: refusal.status), headers: headers,
                body: .init(byteBuffer: .init(string: refusal.message + "\n")))
        }
        var response: Response
        if isPreflight {
            response = Response(status: .noContent)
            response.headers[.accessControlAllowMethods] = "GET, POST, OPTIONS"
            response.headers[.accessControlAllowHeaders] =
                request.headers[.accessControlRequestHeaders] ?? "Content-Type"
            response.headers[.accessControlMaxAge] = "7200"
        } else {
            response = try await next(request, context)
        }
        if let origin {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.vary] = "Origin"
        }
        return response
    }
}
