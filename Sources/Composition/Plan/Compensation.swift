import JMESPath

extension Plan {
    /// The required calls whose failure a call makes good: an unsafe one that runs under a condition about their errors.
    func compensated(by index: Int) -> [Int] {
        let call = calls[index]
        guard call.isUnsafe, let when = call.when else { return [] }
        let read = when.expression.slots.map { slotSources[$0] }
        return call.errorsRead.filter { calls[$0].isRequired && read.contains(.callError($0)) }
    }
}
