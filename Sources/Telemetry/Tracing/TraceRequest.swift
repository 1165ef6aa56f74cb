import Tracing

/// The body of a request to a collector: `ExportTraceServiceRequest` of OTLP 1 (opentelemetry-proto,
/// `collector/trace/v1/trace_service.proto` and `trace/v1/trace.proto`, whose field numbers stand below).
package struct TraceRequest {
    /// What the service is called, `service.name`.
    package var service: String
    package var version: String

    package init(service: String, version: String) {
        self.service = service
        self.version = version
    }

    package static let mediaType = "application/x-protobuf"

    package func bytes(of spans: [FinishedSpan]) -> [UInt8] {
        var request = ProtobufWriter()
        // ResourceSpans.
        request.write(1) { group in
            group.write(1) { resource in
                Self.write("service.name", .string(service), to: &resource, field: 1)
                Self.write("service.version", .string(version), to: &resource, field: 1)
                Self.write("telemetry.sdk.name", .string("medley"), to: &resource, field: 1)
                Self.write("telemetry.sdk.language", .string("swift"), to: &resource, field: 1)
                Self.write("telemetry.sdk.version", .string(version), to: &resource, field: 1)
            }
            // ScopeSpans.
            group.write(2) { scope in
                scope.write(1) { library in
                    library.write(1, "medley")
                    library.write(2, version)
                }
                for span in spans { scope.write(2) { Self.write(span, to: &$0) } }
            }
        }
        return request.bytes
    }

    private static func write(_ span: FinishedSpan, to message: inout ProtobufWriter) {
        message.write(1, bytes: bytes(of: span.context.traceID))
        message.write(2, bytes: bytes(of: span.context.spanID))
        if !span.context.state.isEmpty { message.write(3, span.context.state) }
        if let parent = span.parent { message.write(4, bytes: bytes(of: parent)) }
        message.write(5, span.name)
        message.write(6, varint: number(of: span.kind))
        message.write(7, fixed64: span.start)
        message.write(8, fixed64: max(span.start, span.end))
        span.attributes.forEach { name, value in write(name, value, to: &message, field: 9) }
        for event in span.events {
            message.write(11) { inner in
                inner.write(1, fixed64: event.nanosecondsSinceEpoch)
                inner.write(2, event.name)
                event.attributes.forEach { name, value in write(name, value, to: &inner, field: 3) }
            }
        }
        for link in span.links {
            message.write(13) { inner in
                inner.write(1, bytes: bytes(of: link.traceID))
                inner.write(2, bytes: bytes(of: link.spanID))
                if !link.state.isEmpty { inner.write(3, link.state) }
            }
        }
        if let status = span.status {
            message.write(15) { inner in
                if let text = status.message { inner.write(2, text) }
                inner.write(3, varint: status.code == .error ? 2 : 1)
            }
        }
        // The W3C flags, and that the sender knows whether the parent is another process's (0x100, 0x200).
        message.write(16, fixed32: span.context.isSampled ? 1 : 0)
    }

    private static func number(of kind: SpanKind) -> UInt64 {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }

    private static func bytes(of id: TraceContext.TraceID) -> [UInt8] { bytes(of: id.high) + bytes(of: id.low) }

    private static func bytes(of id: UInt64) -> [UInt8] { withUnsafeBytes(of: id.bigEndian) { Array($0) } }

    /// A `KeyValue`.
    private static func write(
        _ name: String,
        _ value: SpanAttribute,
        to message: inout ProtobufWriter,
        field: UInt64
    ) {
        message.write(field) { pair in
            pair.write(1, name)
            pair.write(2) { write(value, to: &$0) }
        }
    }

    /// An `AnyValue`.
    private static func write(_ value: SpanAttribute, to message: inout ProtobufWriter) {
        func list<Value>(_ values: [Value], _ attribute: (Value) -> SpanAttribute) {
            message.write(5) { array in
                for value in values { array.write(1) { write(attribute(value), to: &$0) } }
            }
        }
        switch value {
        case .string(let text): message.write(1, text)
        case .bool(let value): message.write(2, varint: value ? 1 : 0)
        case .int32(let number): message.write(3, varint: UInt64(bitPattern: Int64(number)))
        case .int64(let number): message.write(3, varint: UInt64(bitPattern: number))
        case .double(let number): message.write(4, fixed64: number.bitPattern)
        case .stringArray(let texts): list(texts) { .string($0) }
        case .boolArray(let values): list(values) { .bool($0) }
        case .int32Array(let numbers): list(numbers) { .int32($0) }
        case .int64Array(let numbers): list(numbers) { .int64($0) }
        case .doubleArray(let numbers): list(numbers) { .double($0) }
        case .stringConvertible(let value): message.write(1, "\(value)")
        case .stringConvertibleArray(let values): list(values) { .string("\($0)") }
        default: message.write(1, "")
        }
    }
}
