import PrometheusModel
import Yams

extension ConfigurationReader {
    private static let alertmanagerKeys = ConfigurationKeys(
        ["scheme", "path_prefix", "timeout", "static_configs"],
        ignored: ["api_version": "only version 2 is spoken"],
        refused: Dictionary(
            uniqueKeysWithValues: [
                "relabel_configs", "alert_relabel_configs", "basic_auth", "authorization", "tls_config", "oauth2",
                "sigv4", "proxy_url", "follow_redirects", "enable_http2", "http_headers", "file_sd_configs",
                "http_sd_configs", "kubernetes_sd_configs", "dns_sd_configs", "consul_sd_configs",
            ].map { ($0, "alertmanagers are named in `static_configs` and spoken to plainly") }))

    mutating func readAlerting(_ node: Node, into configuration: inout PrometheusConfiguration) {
        let keys = ConfigurationKeys(["alertmanagers", "alert_relabel_configs"])
        var alertmanagers: [PrometheusConfiguration.Alertmanagers] = []
        var rules: [RelabelRule] = []
        section(node, "alerting", keys: keys) { reader, key, value in
            if key == "alertmanagers" {
                for element in reader.list(value, key) { alertmanagers.append(reader.readAlertmanagers(element)) }
            } else {
                rules = reader.readRules(value, key)
            }
        }
        configuration.alertmanagers = alertmanagers
        configuration.alertRules = rules
    }

    private mutating func readAlertmanagers(_ node: Node) -> PrometheusConfiguration.Alertmanagers {
        var result = PrometheusConfiguration.Alertmanagers()
        section(node, "alertmanagers", keys: Self.alertmanagerKeys) { reader, key, value in
            switch key {
            case "scheme": result.scheme = reader.readScheme(value) ?? result.scheme
            case "path_prefix": result.pathPrefix = reader.text(value, key) ?? result.pathPrefix
            case "timeout": result.timeout = reader.duration(value, key) ?? result.timeout
            case "static_configs": result.groups = reader.readStaticGroups(value, key)
            default: break
            }
        }
        return result
    }

    mutating func readReceiver(_ node: Node) -> PrometheusConfiguration.Receiver? {
        var receiver = PrometheusConfiguration.Receiver(name: "")
        guard let mapping = node.mapping else {
            report(node, "`receivers`: expected a receiver with `name` and `webhook_configs`")
            return nil
        }
        var unsupported: [String: String] = [:]
        for entry in mapping {
            guard let key = entry.key.scalar?.string, key.hasSuffix("_configs"), key != "webhook_configs" else {
                continue
            }
            unsupported[key] = "alerts are sent to webhooks"
        }
        let keys = ConfigurationKeys(["name", "webhook_configs"], refused: unsupported)
        section(node, "receivers", keys: keys) { reader, key, value in
            switch key {
            case "name": receiver.name = reader.text(value, key) ?? ""
            case "webhook_configs":
                for element in reader.list(value, key) {
                    if let webhook = reader.readWebhook(element) { receiver.webhooks.append(webhook) }
                }
            default: break
            }
        }
        if receiver.name.isEmpty { report(node, "a receiver has no `name`") }
        return receiver
    }

    private static let webhookKeys = ConfigurationKeys(
        ["url", "send_resolved", "max_alerts"],
        ignored: ["timeout": "a webhook is given the time of one notification"],
        refused: [
            "url_file": "write the address into `url`", "http_config": "webhooks are called plainly",
        ])

    private mutating func readWebhook(_ node: Node) -> PrometheusConfiguration.Webhook? {
        var webhook = PrometheusConfiguration.Webhook(url: "")
        section(node, "webhook_configs", keys: Self.webhookKeys) { reader, key, value in
            switch key {
            case "url":
                guard let url = reader.text(value, key) else { return }
                if !url.hasPrefix("http://") && !url.hasPrefix("https://") {
                    reader.report(value, "`url`: expected an address that begins with http:// or https://")
                }
                webhook.url = url
            case "send_resolved": webhook.sendsResolved = reader.flag(value, key) ?? true
            case "max_alerts": webhook.alertsMax = reader.count(value, key) ?? 0
            default: break
            }
        }
        guard !webhook.url.isEmpty else {
            report(node, "a webhook has no `url`")
            return nil
        }
        return webhook
    }
}
