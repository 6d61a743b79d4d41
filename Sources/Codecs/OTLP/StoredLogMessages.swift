package import OTLPMessages
package import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Stored log records as OTLP messages, grouped by resource and scope in order of first appearance.
///
/// A record whose sender gave no time has the observed one, and one without either that of its arrival: so it is stored.
package enum StoredLogMessages {
    package static func resourceLogs(_ logs: StoredLogs) -> [OTLPResourceLogs] {
        var list: [OTLPResourceLogs] = []
        var groups = StoredGroups()
        for record in logs.records {
            let place = groups.place(resource: record.resourceID, scope: record.scopeID)
            if place.isNewGroup {
                var group = OTLPResourceLogs()
                let resource = logs.resources[record.resourceID]
                group.resource = StoredReferenceMessages.resource(resource, service: record.service)
                group.schemaURL = resource?.schemaURL ?? ""
                list.append(group)
            }
            if place.isNewScope {
                var group = OTLPScopeLogs()
                let scope = logs.scopes[record.scopeID]
                group.scope = StoredReferenceMessages.scope(scope)
                group.schemaURL = scope?.schemaURL ?? ""
                list[place.group].scopeLogs.append(group)
            }
            list[place.group].scopeLogs[place.scope].logRecords.append(message(record))
        }
        return list
    }

    private static func message(_ record: StoredLog) -> OTLPLogRecord {
        var message = OTLPLogRecord()
        message.timeUnixNano = UInt64(clamping: record.time.nanoseconds)
        message.observedTimeUnixNano = UInt64(clamping: record.observedTime.nanoseconds)
        message.severityNumber =
            OTLPSeverityNumber(rawValue: Int(record.severityNumber)) ?? .UNRECOGNIZED(Int(record.severityNumber))
        message.severityText = record.severityText
        if record.body.type != .empty { message.body = AttributeText.value(of: record.body) }
        message.attributes = StoredReferenceMessages.attributes(record.attributes)
        message.droppedAttributesCount = record.droppedAttributes
        message.flags = record.flags
        if !record.traceID.isZero { message.traceID = Data(record.traceID.bytes) }
        if !record.spanID.isZero { message.spanID = Data(record.spanID.bytes) }
        message.eventName = record.eventName
        return message
    }
}
